package io.sentryexporter.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Buffers a page while it is written: uncompressed as long as it is short, compressed from then
/// on.
///
/// The metrics of an organization with ten thousand projects take a hundred megabytes, and three
/// when compressed.
final class PageBuffer extends OutputStream {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
  private final int longestPlain;
  private @Nullable OutputStream packed;
  private long length;

  /// @param longestPlain maximum bytes of a page that stays uncompressed
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

  /// Length of the uncompressed page, in bytes.
  long length() {
    return length;
  }

  /// The bytes to send or keep: the page or its compressed form.
  byte[] bytes() {
    return bytes.toByteArray();
  }

  /// The fastest level, because a page is compressed for each scrape.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out, 8 << 10);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
