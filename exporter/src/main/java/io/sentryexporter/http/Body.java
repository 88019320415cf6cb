package io.sentryexporter.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/// Reads the body of an answer to its last byte, decoded and bounded.
final class Body {
  /// Of a buffer for a part of a body. Each is twice as long as the one before: most bodies are
  /// short.
  private static final int FIRST_CHUNK_BYTES = 1 << 10;

  private static final int CHUNK_BYTES = 16 << 10;

  private Body() {}

  /// The whole body, decoded.
  ///
  /// Memory grows with what arrives, not with what a header announces, and stops at the limit: then
  /// the rest of `raw` is unread and its connection of no further use.
  ///
  /// @param coding of Content-Encoding; empty for none
  /// @param share what the bytes of the body are taken from as they come
  /// @throws TooLong if the decoded body is longer than `limit` bytes
  /// @throws Budget.UsedUp if the bodies of other calls have left no room for it
  /// @throws IOException if the body is not whole, or not in this coding
  static byte[] read(InputStream raw, String coding, int limit, Budget.Share share)
      throws IOException {
    return switch (coding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> bounded(raw, limit, share);
      case "gzip", "x-gzip" -> decoded(raw, Coding.GZIP, limit, share);
      case "deflate" -> decoded(raw, Coding.DEFLATE, limit, share);
      default -> throw new ZipException("unknown coding");
    };
  }

  /// The body is longer than is allowed.
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;
  }

  private enum Coding {
    GZIP,
    DEFLATE
  }

  private static byte[] decoded(InputStream raw, Coding coding, int limit, Budget.Share share)
      throws IOException {
    var encoded = new PushbackInputStream(raw, 2);
    var first = encoded.read();
    if (first < 0) {
      return new byte[0];
    }
    encoded.unread(first);
    var body =
        switch (coding) {
          case GZIP -> gunzipped(encoded, limit, share);
          case DEFLATE -> inflated(encoded, limit, share);
        };
    // Also what comes after the end must come, as the end of the chunks; another gzip member
    // would be a part of the body that was not read.
    if (encoded.read() >= 0) {
      throw new ZipException("data after the end");
    }
    return body;
  }

  private static byte[] gunzipped(PushbackInputStream encoded, int limit, Budget.Share share)
      throws IOException {
    try (var gzip = new Gzip(new Counted(encoded))) {
      var body = bounded(gzip, limit, share);
      if (gzip.hasMore()) {
        throw new ZipException("data after the end");
      }
      return body;
    }
  }

  private static byte[] inflated(PushbackInputStream encoded, int limit, Budget.Share share)
      throws IOException {
    var isBare = !beginsWithZlibHeader(encoded);
    try (var inflater = new Inflater(isBare);
        var inflated = new InflaterInputStream(new Counted(encoded), inflater, 8192)) {
      var body = bounded(inflated, limit, share);
      if (inflater.getRemaining() > 0) {
        throw new ZipException("data after the end");
      }
      return body;
    }
  }

  /// Deflate should come in the zlib format, but some servers send it bare.
  private static boolean beginsWithZlibHeader(PushbackInputStream encoded) throws IOException {
    var header = encoded.readNBytes(2);
    encoded.unread(header);
    return header.length == 2
        && (header[0] & 0x0f) == 8
        && ((header[0] & 0xff) << 8 | (header[1] & 0xff)) % 31 == 0;
  }

  private static byte[] bounded(InputStream decoded, int limit, Budget.Share share)
      throws IOException {
    var chunks = new ArrayList<byte[]>();
    var length = 0;
    int wanted;
    int read;
    var size = FIRST_CHUNK_BYTES;
    do {
      wanted = Math.min(size, limit + 1 - length); // one more shows that it is too long
      size = Math.min(2 * size, CHUNK_BYTES);
      share.take(wanted);
      var chunk = decoded.readNBytes(wanted);
      read = chunk.length;
      length += read;
      chunks.add(chunk);
    } while (read == wanted && length <= limit);
    if (length > limit) {
      throw new TooLong();
    }
    return joined(chunks, length);
  }

  private static byte[] joined(List<byte[]> chunks, int length) {
    if (chunks.size() == 1) {
      return chunks.getFirst();
    }
    var body = ByteBuffer.allocate(length);
    chunks.forEach(body::put);
    return body.array();
  }

  /// The library takes anything behind the last member, also the broken beginning of another, for
  /// nothing.
  private static final class Gzip extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;

    private final Counted encoded;
    private long filledTo;

    private Gzip(Counted encoded) throws IOException {
      super(encoded, 8192);
      this.encoded = encoded;
    }

    @Override
    protected void fill() throws IOException {
      super.fill();
      filledTo = encoded.bytes;
    }

    /// Whether more has been read, by the end of this, than belongs to it.
    private boolean hasMore() {
      return encoded.bytes > filledTo - inf.getRemaining() + TRAILER_BYTES;
    }
  }

  /// Counts, and does not close: closing the stream of an answer would read it to its end, which
  /// may never come.
  private static final class Counted extends FilterInputStream {
    private long bytes;

    private Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int octet = super.read();
      bytes += octet < 0 ? 0 : 1;
      return octet;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      bytes += Math.max(0, read);
      return read;
    }

    @Override
    public void close() {
      // left to the connection
    }
  }

  /// The memory for bodies that are being read, shared by all calls of one caller.
  ///
  /// Servers that send much and never end could otherwise fill it, each within its own limit. What
  /// is handed over counts no more: it is the caller's.
  static final class Budget {
    /// The beginning of each body is free, so that short ones come through when the rest is used
    /// up; their number is bounded by that of the calls.
    private static final int FREE_BYTES = 32 << 10;

    private final AtomicLong left;

    Budget(int bytes) {
      this.left = new AtomicLong(bytes);
    }

    /// The share of one body, nothing to begin with.
    Share share() {
      return new Share();
    }

    /// All that there is belongs to other bodies.
    static final class UsedUp extends IOException {
      private static final long serialVersionUID = 1;
    }

    /// What one body holds, given back at its end. Belongs to the thread that reads it.
    final class Share implements AutoCloseable {
      private int free = FREE_BYTES;
      private long taken;

      private Share() {}

      /// Room for more bytes of the body.
      void take(int bytes) throws UsedUp {
        var isFree = Math.min(bytes, free);
        free -= isFree;
        var charged = bytes - isFree;
        if (left.getAndUpdate(n -> n < charged ? n : n - charged) < charged) {
          throw new UsedUp();
        }
        taken += charged;
      }

      @Override
      public void close() {
        left.addAndGet(taken);
        taken = 0;
      }
    }
  }
}
