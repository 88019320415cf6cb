package io.sentryexporter.simulator.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// A status, header lines and a body, not yet framed; immutable.
public final class Answer {
  private static final String GZIP_LINE = "Content-Encoding: gzip\r\n";
  private static final int GZIP_FROM_BYTES = 1024; // as sentry.io

  private final int status;
  private final String headerLines;
  private final byte[] body;

  private Answer(int status, String headerLines, byte[] body) {
    this.status = status;
    this.headerLines = headerLines;
    this.body = body;
  }

  public static Answer of(int status, String contentType, String body) {
    return new Answer(status, "Content-Type: " + contentType + "\r\n", body.getBytes(UTF_8));
  }

  public static Answer json(String body) {
    return of(200, "application/json", body);
  }

  int status() {
    return status;
  }

  public Answer with(String header, String value) {
    return new Answer(status, headerLines + header + ": " + value + "\r\n", body);
  }

  /// This answer with another body.
  public Answer with(UnaryOperator<String> changed) {
    if (headerLines.contains(GZIP_LINE)) {
      return new Answer(status, headerLines, zipped(changed.apply(unzipped()).getBytes(UTF_8)));
    }
    return new Answer(status, headerLines, changed.apply(new String(body, UTF_8)).getBytes(UTF_8));
  }

  /// This answer with ready-made header lines, each ended by CR LF.
  public Answer withLines(String lines) {
    return lines.isEmpty() ? this : new Answer(status, headerLines + lines, body);
  }

  public int bodyBytes() {
    return body.length;
  }

  /// The body, compressed if that is worth it.
  public Answer compressedIfLong() {
    return body.length > GZIP_FROM_BYTES ? compressed() : this;
  }

  /// The body compressed, once.
  public Answer compressed() {
    if (headerLines.contains(GZIP_LINE)) {
      return this;
    }
    return new Answer(status, headerLines + GZIP_LINE + "Vary: Accept-Encoding\r\n", zipped(body));
  }

  private static byte[] zipped(byte[] plain) {
    var bytes = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("gzip into memory failed", e);
    }
    return bytes.toByteArray();
  }

  private String unzipped() {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(gzip.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("gunzip in memory failed", e);
    }
  }

  /// Status line and header lines, with the given framing, up to and including the empty line.
  public byte[] head(String framingLines) {
    return headText(framingLines).getBytes(ISO_8859_1);
  }

  /// The whole answer framed by its length, in one piece.
  public byte[] whole(String connectionLine, boolean withBody) {
    var head = headText("Content-Length: " + body.length + "\r\n" + connectionLine);
    var length = head.length();
    var bytes = new byte[length + (withBody ? body.length : 0)];
    System.arraycopy(head.getBytes(ISO_8859_1), 0, bytes, 0, length);
    if (withBody) {
      System.arraycopy(body, 0, bytes, length, body.length);
    }
    return bytes;
  }

  /// A copy of the body's first bytes.
  public byte[] body(int limit) {
    return Arrays.copyOf(body, Math.min(limit, body.length));
  }

  private String headText(String framingLines) {
    return "HTTP/1.1 "
        + status
        + ' '
        + Status.phrase(status)
        + "\r\nServer: simulated-sentry\r\nX-Simulated: sentry_exporter demo\r\n"
        + headerLines
        + framingLines
        + "\r\n";
  }
}
