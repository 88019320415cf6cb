package io.sentryexporter.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Takes in a page while it is written: plain as long as it is short, packed from then on.
///
/// The metrics of an organization of ten thousand projects have a hundred megabytes, and three
/// packed.
final class PageBuffer extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
  private final int longestPlain;
  private @Nullable OutputStream packed;
  private long length;

  /// @param longestPlain bytes of a page that stays as it is
  PageBuffer(int longestPlain) {
    this.longestPlain = longestPlain;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] page, int offset, int count) throws IOException {
    length += count;
    if (length > longestPlain && packed == null) {
      byte[] plain = bytes.toByteArray();
      bytes.reset();
      packed = new FastGzip(bytes);
      packed.write(plain);
    }
    (packed == null ? bytes : packed).write(page, offset, count);
  }

  @Override
  public void close() throws IOException {
    if (packed != null) {
      packed.close();
    }
  }

  boolean isPacked() {
    return packed != null;
  }

  /// Bytes of the page itself.
  long length() {
    return length;
  }

  /// What is to be sent or kept: the page or its packed form.
  byte[] bytes() {
    return bytes.toByteArray();
  }

  /// The fastest level: a page is packed for each scrape anew.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out, 8 << 10);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
