package io.sentryexporter.simulator.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/// Sends answers the wrong way.
final class WireFaults {
  private static final int SMALL_CHUNK = 16;
  private static final int BIG_CHUNK = 16 * 1024;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private final Wire wire;
  private final Answer right;

  /// @param right the answer without the fault
  WireFaults(Wire wire, Answer right) {
    this.wire = wire;
    this.right = right;
  }

  /// Plays a fault; true if the connection can serve another request.
  boolean play(Fault.OnTheWire fault) throws IOException, InterruptedException {
    return switch (fault) {
      case Fault.Delay(var duration) -> {
        wire.pause(duration);
        wire.write(right.whole("", true));
        yield true;
      }
      case Fault.Held(var release) -> {
        wire.pauseUntil(release);
        wire.write(right.whole("", true));
        yield true;
      }
      case Fault.Hang _ -> hang();
      case Fault.HangAfterHeaders _ -> {
        wire.write(right.head(length(right.bodyBytes())));
        yield hang();
      }
      case Fault.Drip drip -> drip(drip);
      case Fault.Reset _ -> reset();
      case Fault.ResetAfterHeaders _ -> {
        wire.write(right.head(length(right.bodyBytes())));
        yield reset();
      }
      case Fault.TruncatedBody _ -> {
        wire.write(right.head(length(right.bodyBytes() + 1)));
        wire.write(right.body(right.bodyBytes() / 2));
        yield false;
      }
      case Fault.WrongLength _ -> {
        wire.write(right.head(length(right.bodyBytes() / 2)));
        wire.write(right.body(right.bodyBytes()));
        yield true;
      }
      case Fault.BrokenChunk _ -> {
        wire.write(right.head(CHUNKED));
        wire.write("2\r\n[[\r\nxyz\r\n15".getBytes(ISO_8859_1));
        yield false;
      }
      case Fault.NotHttp _ -> {
        wire.write("SSH-2.0-simulated\r\n".getBytes(ISO_8859_1));
        yield false;
      }
      case Fault.Chunked _ -> {
        wire.write(right.head(CHUNKED));
        try (var body = new Chunks(wire.out(), SMALL_CHUNK)) {
          body.write(right.body(right.bodyBytes()));
        }
        yield true;
      }
      case Fault.Huge(var bytes) -> {
        wire.write(Answer.json("").head(CHUNKED));
        try (var body = new Chunks(wire.out(), BIG_CHUNK)) {
          writePoints(body, bytes);
        }
        yield true;
      }
      case Fault.GzipBomb(var bytes) -> {
        wire.write(Answer.json("").head("Content-Encoding: gzip\r\n" + CHUNKED));
        try (var body = new GZIPOutputStream(new Chunks(wire.out(), BIG_CHUNK), BIG_CHUNK)) {
          writePoints(body, bytes);
        }
        yield true;
      }
    };
  }

  private boolean hang() throws IOException {
    wire.awaitHangUp();
    return false;
  }

  private boolean reset() throws IOException {
    wire.reset();
    return false;
  }

  private boolean drip(Fault.Drip drip) throws IOException, InterruptedException {
    wire.write(right.head(length(right.bodyBytes())));
    var body = right.body(right.bodyBytes());
    for (var sent = 0; sent < body.length; sent += drip.bytes()) {
      wire.pause(drip.interval());
      wire.out().write(body, sent, Math.min(drip.bytes(), body.length - sent));
    }
    return true;
  }

  /// A JSON array of equal points, about `bytes` long.
  private static void writePoints(OutputStream out, long bytes) throws IOException {
    var points = "[1541455200,1184],".repeat(256).getBytes(ISO_8859_1);
    out.write('[');
    for (var written = 0L; written < bytes; written += points.length) {
      out.write(points);
    }
    out.write("[1541455200,1184]]".getBytes(ISO_8859_1));
  }

  private static String length(int bytes) {
    return "Content-Length: " + bytes + "\r\n";
  }
}
