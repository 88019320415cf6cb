package io.sentryexporter.web;

import io.sentryexporter.probe.Rendering;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;

/// A page in gzip form (RFC 1952): one member, made of a first part that many pages share and the
/// rest.
///
/// @param parts its bytes, of which the first part is not copied
/// @param length bytes of the plain page
record GzipMember(List<byte[]> parts, long length) {
  /// Deflate, no name, no time, fastest, unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private static final int TRAILER_BYTES = 8;

  /// The polynomial of CRC-32, least significant bit first.
  private static final int POLYNOMIAL = 0xEDB88320;

  private static final int[] OF_BYTES =
      IntStream.range(0, 1 << Byte.SIZE).map(GzipMember::ofByte).toArray();

  static GzipMember of(Rendering first, byte[] rest) {
    long length = first.length() + rest.length;
    byte[] trailer =
        ByteBuffer.allocate(TRAILER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(continued(first.crc(), rest))
            .putInt((int) length)
            .array();
    return new GzipMember(List.of(HEADER, first.deflated(), deflated(rest), trailer), length);
  }

  /// The beginning of the plain page.
  byte[] plain(int mostBytes) {
    try (var in =
        new GZIPInputStream(
            new SequenceInputStream(
                Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList())))) {
      return in.readNBytes(mostBytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to be read", e);
    }
  }

  private static byte[] deflated(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var deflater = new Deflater(Deflater.BEST_SPEED, true);
        var out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    return bytes.toByteArray();
  }

  /// The CRC-32 of bytes that follow others, which [java.util.zip.CRC32] cannot be given. The rest
  /// of a page is short.
  static int continued(int crc, byte[] bytes) {
    int rest = ~crc;
    for (byte next : bytes) {
      rest = rest >>> Byte.SIZE ^ OF_BYTES[(rest ^ next) & 0xff];
    }
    return ~rest;
  }

  private static int ofByte(int value) {
    int rest = value;
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      rest = (rest & 1) == 0 ? rest >>> 1 : rest >>> 1 ^ POLYNOMIAL;
    }
    return rest;
  }
}
