package io.sentryexporter.probe;

import io.sentryexporter.metrics.CreatedSeries;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// The figures of a page in one format, compressed: what scrapes of the page share as long as they
/// rest on the same answers.
///
/// @param basis what they rest on
/// @param deflated RFC 1951 data that ends on the border of a byte and is not the end of its
///   stream: the rest of a page follows in the same stream
/// @param crc CRC-32 of the plain form
/// @param length bytes of the plain form
/// @param series of the page
/// @param truncated series left out of it
/// @param broken collectors whose samples could not be made, by our fault
@SuppressWarnings("ArrayRecordComponent") // written as it is, never compared or changed
public record Rendering(
    List<Object> basis,
    byte[] deflated,
    int crc,
    long length,
    long series,
    SeriesTruncation.Counts truncated,
    Set<String> broken,
    Readers readers) {

  /// Beyond its own bytes.
  private static final int OVERHEAD = 200;

  /// The fastest level: a page is sent over networks near by, and made for few scrapes.
  private static final int LEVEL = Deflater.BEST_SPEED;

  private static final int BUFFER_BYTES = 8 << 10;

  /// Who needs a rendering. Guarded by the lock of [PageMemory].
  static final class Readers {
    private int count;
    private boolean isKept = true;

    void join() {
      count++;
    }

    /// One less; whether nobody needs it any more.
    boolean leave() {
      count--;
      return count == 0 && !isKept;
    }

    /// It is not kept any more for those to come; whether nobody needs it any more.
    boolean drop() {
      isKept = false;
      return count == 0;
    }
  }

  /// Bytes of memory.
  long size() {
    return deflated.length + OVERHEAD + 40L * basis.size();
  }

  /// Renders families.
  ///
  /// @throws PageMemory.GoneException if nobody waits for them any more
  static Rendering of(
      List<Object> basis,
      CreatedSeries created,
      ExporterMetrics metrics,
      Made made,
      PageMemory.Room room)
      throws PageMemory.GoneException {
    var bytes = new ByteArrayOutputStream(BUFFER_BYTES);
    var crc = new CRC32();
    long length;
    try (var deflater = new Deflater(LEVEL, true)) {
      var deflated = new DeflaterOutputStream(bytes, deflater, BUFFER_BYTES, true);
      var out = new Wanted(new CheckedOutputStream(deflated, crc), room::isWanted);
      room.format().writePart(made.families(), created, metrics, out);
      deflated.flush();
      length = out.written;
    } catch (InterruptedIOException _) {
      throw new PageMemory.GoneException();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    return new Rendering(
        basis,
        bytes.toByteArray(),
        (int) crc.getValue(),
        length,
        made.series(),
        made.truncated(),
        made.broken(),
        new Readers());
  }

  /// What is rendered.
  record Made(
      List<MetricFamily> families,
      long series,
      SeriesTruncation.Counts truncated,
      Set<String> broken) {
    Made {
      families = List.copyOf(families);
      broken = Set.copyOf(broken);
    }
  }

  /// Counts what is written, and ends it when nobody waits for it.
  private static final class Wanted extends FilterOutputStream {
    private final BooleanSupplier isWanted;
    private long written;

    Wanted(OutputStream out, BooleanSupplier isWanted) {
      super(out);
      this.isWanted = isWanted;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      if (!isWanted.getAsBoolean()) {
        throw new InterruptedIOException("nobody waits for the page");
      }
      written += count;
      out.write(bytes, offset, count);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }
  }
}
