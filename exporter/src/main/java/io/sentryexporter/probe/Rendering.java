package io.sentryexporter.probe;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.ProbeMetrics.SeriesTruncation;
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

/// The metrics of a page in one format, compressed. Scrapes of the page share it as long as the
/// same answers serve.
///
/// @param basis answers that it is made from
/// @param deflated RFC 1951 data that ends on the border of a byte and is not the end of its
///   stream: the rest of a page follows in the same stream
/// @param crc CRC-32 of the plain form
/// @param length bytes of the plain form
/// @param series of the page
/// @param truncated series left out of it
/// @param broken collectors whose samples could not be made because of a bug in the exporter
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

  /// Memory of a rendering in addition to its bytes.
  private static final int OVERHEAD = 200;

  /// The fastest level: a page is sent over networks near by, and made for few scrapes.
  private static final int LEVEL = Deflater.BEST_SPEED;

  private static final int BUFFER_BYTES = 8 << 10;

  /// Of a series, compressed; somewhat more than most have.
  private static final int DEFLATED_BYTES = 10;

  /// Counts the users of a rendering. Guarded by the lock of [PageMemory].
  static final class Readers {
    private int count;
    private boolean isKept = true;

    void join() {
      count++;
    }

    /// Removes one user; returns whether none is left.
    boolean leave() {
      count--;
      return count == 0 && !isKept;
    }

    /// Stops keeping it for later scrapes; returns whether no user is left.
    boolean drop() {
      isKept = false;
      return count == 0;
    }
  }

  /// Memory that it takes, in bytes.
  long size() {
    return deflated.length + OVERHEAD + 40L * basis.size();
  }

  /// Renders families.
  ///
  /// @throws PageMemory.GoneException if no scrape waits for the page any more
  static Rendering of(
      List<Object> basis,
      CreatedSeries created,
      ExporterMetrics metrics,
      Made made,
      PageMemory.Room room)
      throws PageMemory.GoneException {
    int expected = (int) Math.min(made.series() * DEFLATED_BYTES, Integer.MAX_VALUE / 2);
    var bytes = new ByteArrayOutputStream(Math.max(BUFFER_BYTES, expected));
    var crc = new CRC32();
    long length;
    try (var deflater = new Deflater(LEVEL, true)) {
      var deflated = new DeflaterOutputStream(bytes, deflater, BUFFER_BYTES, true);
      var out = new Wanted(new CheckedOutputStream(deflated, crc), room::isWanted);
      room.format().writePart(made.families(), made.first(), created, metrics, out);
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

  /// The families to render.
  ///
  /// @param first a label that all samples have before their own
  record Made(
      Exposition.Label first,
      List<MetricFamily> families,
      long series,
      SeriesTruncation.Counts truncated,
      Set<String> broken) {
    Made {
      families = List.copyOf(families);
      broken = Set.copyOf(broken);
    }
  }

  /// Counts the bytes written, and stops when no scrape waits for them.
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
