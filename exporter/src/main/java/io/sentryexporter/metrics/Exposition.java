package io.sentryexporter.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The formats in which metrics are written, and the choice between them.
public enum Exposition {
  TEXT("text/plain; version=0.0.4; charset=utf-8", 140),
  OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8", 140),
  PROTOBUF(
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
          + " encoding=delimited",
      280);

  private static final ExpositionFormatWriter TEXT_WRITER = PrometheusTextFormatWriter.create();
  private static final ExpositionFormatWriter OPENMETRICS_WRITER =
      OpenMetricsTextFormatWriter.create();
  private static final ExpositionFormatWriter WITH_STARTS =
      OpenMetricsTextFormatWriter.builder().setCreatedTimestampsEnabled(true).build();

  /// From this value on, neighbouring whole numbers are no longer distinct.
  private static final double FIRST_INEXACT = 0x1p53;

  /// Of one family in a text format.
  private static final int SAMPLES_AT_ONCE = 1_000;

  /// Of 2^32: spreads hash codes that are near each other.
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /// The last header with its choice: a scraper sends the same one each time.
  private static final AtomicReference<Map.Entry<String, Exposition>> LAST =
      new AtomicReference<>(Map.entry("", TEXT));

  private final String contentType;
  private final int bytesOfSeries;

  Exposition(String contentType, int bytesOfSeries) {
    this.contentType = contentType;
    this.bytesOfSeries = bytesOfSeries;
  }

  /// Memory that a series of a large page takes at most while the page is written. Of text, 55
  /// bytes were measured; where series are left out, the others are copied as objects.
  public int bytesOfSeries() {
    return bytesOfSeries;
  }

  public String contentType() {
    return contentType;
  }

  /// Chooses the format for an `Accept` header; text if it accepts none that the exporter writes,
  /// as Prometheus' own servers do.
  ///
  /// Quality values count. Of two formats with equal quality, the richer one is chosen if it is
  /// named: protobuf, which has the start times of counters, then OpenMetrics.
  public static Exposition negotiate(@Nullable String accept) {
    if (accept == null) {
      return TEXT;
    }
    Map.Entry<String, Exposition> last = LAST.get();
    if (!last.getKey().equals(accept)) {
      last = Map.entry(accept, chosen(AcceptedRange.parseAll(accept)));
      LAST.set(last);
    }
    return last.getValue();
  }

  private static Exposition chosen(List<AcceptedRange> ranges) {
    double openMetrics =
        AcceptedRange.quality(ranges, "application", "openmetrics-text", "1.0.0", false);
    double text = AcceptedRange.quality(ranges, "text", "plain", "0.0.4", true);
    double protobuf = AcceptedRange.qualityOfProtobuf(ranges);
    if (protobuf > 0 && protobuf >= Math.max(openMetrics, text)) {
      return PROTOBUF;
    }
    return openMetrics > 0 && openMetrics >= text ? OPENMETRICS : TEXT;
  }

  /// The page of some families, in their order.
  public byte[] write(List<MetricFamily> families, CreatedSeries created, ExporterMetrics own) {
    var page = new ByteArrayOutputStream(4096);
    try {
      write(families, created, own, page);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    return page.toByteArray();
  }

  /// Writes the page of some families, in their order, one after the other: no more than one family
  /// is in memory in the client's form.
  public void write(
      List<MetricFamily> families, CreatedSeries created, ExporterMetrics own, OutputStream page)
      throws IOException {
    write(new Parts(families, null, own, Integer.MAX_VALUE), writer(created), page);
  }

  /// Writes the first families of a page, which others follow. Of the text formats, no more than
  /// some samples are in memory in the client's form; a family in protobuf is one message.
  ///
  /// @param first a label that all samples have before their own
  public void writePart(
      List<MetricFamily> families,
      Label first,
      CreatedSeries created,
      ExporterMetrics own,
      OutputStream page)
      throws IOException {
    var writer = writer(created);
    var parts =
        new Parts(families, first, own, this == PROTOBUF ? Integer.MAX_VALUE : SAMPLES_AT_ONCE);
    do {
      OutputStream out = this == OPENMETRICS ? new WithoutEnd(page) : page;
      write(parts, writer, parts.continuesFamily() ? new WithoutHeader(out) : out);
    } while (parts.goesOn());
  }

  /// Whether OpenMetrics pages have, for each counter whose start is known, a series `…_created`.
  public enum CreatedSeries {
    LEFT_OUT,
    WRITTEN;

    /// Series that Prometheus stores for each sample of a family.
    public int seriesOfSample(MetricFamily family) {
      return this == WRITTEN && family.since() != null ? 2 : 1;
    }
  }

  /// A label with its value.
  public record Label(String name, String value) {
    public Label {
      value = Sample.labelValue(value);
    }
  }

  /// Writes the page of some snapshots, in their order; without the start times of counters,
  /// because a process has only one.
  void write(Iterable<MetricSnapshot> snapshots, OutputStream page) throws IOException {
    write(snapshots.iterator(), writer(CreatedSeries.LEFT_OUT), page);
  }

  private static void write(
      Iterator<MetricSnapshot> snapshots, ExpositionFormatWriter writer, OutputStream page)
      throws IOException {
    writer.write(page, new OneByOne(snapshots), EscapingScheme.UNDERSCORE_ESCAPING);
  }

  private ExpositionFormatWriter writer(CreatedSeries created) {
    return switch (this) {
      case TEXT -> TEXT_WRITER;
      case OPENMETRICS ->
          switch (created) {
            case LEFT_OUT -> OPENMETRICS_WRITER;
            case WRITTEN -> WITH_STARTS;
          };
      case PROTOBUF -> Protobuf.WRITER;
    };
  }

  /// Families in the client's form, up to the first that has more samples than are taken at once;
  /// then from there on.
  private static final class Parts implements Iterator<MetricSnapshot> {
    private final Iterator<MetricFamily> families;
    private final @Nullable Label first;
    private final ExporterMetrics own;
    private final int samplesAtOnce;

    private @Nullable MetricFamily family;

    /// Finds the samples of the family by their labels: hash codes, each with a position from 1 on;
    /// 0 is free. A set of labels would be most of the memory of a large page.
    private long[] positions = {};

    /// Samples of the family that have been taken.
    private int taken;

    private boolean isInterrupted;

    Parts(
        List<MetricFamily> families,
        @Nullable Label first,
        ExporterMetrics own,
        int samplesAtOnce) {
      this.families = families.iterator();
      this.first = first;
      this.own = own;
      this.samplesAtOnce = samplesAtOnce;
    }

    /// Whether the next snapshot continues a family.
    boolean continuesFamily() {
      return family != null && taken < family.samples().size();
    }

    /// Goes on after an interruption; returns whether there was one.
    boolean goesOn() {
      boolean wasInterrupted = isInterrupted;
      isInterrupted = false;
      return wasInterrupted;
    }

    @Override
    public boolean hasNext() {
      return !isInterrupted && (continuesFamily() || families.hasNext());
    }

    @Override
    public MetricSnapshot next() {
      MetricFamily current = family;
      if (current == null || !continuesFamily()) {
        current = families.next();
        family = current;
        int size = current.samples().size();
        positions = new long[2 * Integer.highestOneBit(size + size / 2 + 1)];
        taken = 0;
      }
      MetricSnapshot snapshot = snapshot(current);
      isInterrupted = continuesFamily();
      return snapshot;
    }

    private MetricSnapshot snapshot(MetricFamily current) {
      var metric = current.metric();
      var metadata = new MetricMetadata(metric.baseName(), metric.help());
      return switch (metric.type()) {
        case GAUGE ->
            new GaugeSnapshot(
                metadata,
                points(
                    current, (value, labels) -> new GaugeDataPointSnapshot(value, labels, null)));
        case COUNTER -> {
          long start = startMillis(current);
          yield new CounterSnapshot(
              metadata,
              points(
                  current,
                  (value, labels) -> new CounterDataPointSnapshot(value, labels, null, start)));
        }
        case INFO ->
            new InfoSnapshot(
                metadata, points(current, (_, labels) -> new InfoDataPointSnapshot(labels)));
        case HISTOGRAM ->
            throw new IllegalArgumentException(metric.name() + " has no single values");
      };
    }

    /// Converts samples. Of two with the same labels the first is kept and the other counted:
    /// otherwise, the client would refuse the whole page for a single project.
    private <T> List<T> points(MetricFamily current, Point<T> form) {
      List<Sample> samples = current.samples();
      List<String> names = names(current.metric(), first);
      var values = new ArrayList<String>(names.size()); // of one sample after the other
      int count = Math.min(samplesAtOnce, samples.size() - taken);
      var points = new ArrayList<T>(count);
      for (int end = taken + count; taken < end; taken++) {
        Sample sample = samples.get(taken);
        if (Math.abs(sample.value()) >= FIRST_INEXACT) {
          own.roundedValue(current.metric().name());
        }
        if (isFirst(samples, sample)) {
          values.clear();
          if (first != null) {
            values.add(first.value());
          }
          values.addAll(sample.labelValues());
          points.add(form.of(sample.value(), Labels.of(names, values)));
        } else {
          own.duplicateSeries();
        }
      }
      return points;
    }

    /// Whether no sample before this one, the next to be taken, has its labels.
    private boolean isFirst(List<Sample> samples, Sample sample) {
      List<String> labels = sample.labelValues();
      int hash = 0;
      for (int i = 0; i < labels.size(); i++) {
        hash = (hash ^ labels.get(i).hashCode()) * GOLDEN_RATIO;
      }
      int slot = (hash ^ hash >>> Short.SIZE) & positions.length - 1;
      while (positions[slot] != 0) {
        boolean isSameHash = (int) (positions[slot] >> Integer.SIZE) == hash;
        if (isSameHash && samples.get((int) positions[slot] - 1).labelValues().equals(labels)) {
          return false;
        }
        slot = slot + 1 & positions.length - 1;
      }
      positions[slot] = (long) hash << Integer.SIZE | taken + 1;
      return true;
    }
  }

  /// A sample in the client's form.
  private interface Point<T> {
    T of(double value, Labels labels);
  }

  private static List<String> names(Metric metric, @Nullable Label first) {
    if (first == null) {
      return metric.labels();
    }
    var names = new ArrayList<String>(metric.labels().size() + 1);
    names.add(first.name());
    names.addAll(metric.labels());
    return names;
  }

  /// The start time for the client; 0, which is not written, if it is not known.
  private static long startMillis(MetricFamily family) {
    Instant since = family.since();
    return since == null ? 0 : since.toEpochMilli();
  }

  /// Loaded only for scrapers that prefer it.
  private static final class Protobuf {
    private static final ExpositionFormatWriter WRITER = new PrometheusProtobufWriter();
  }

  /// Leaves out the header of a family, which has been written.
  private static final class WithoutHeader extends FilterOutputStream {
    private boolean isHeader = true;
    private boolean isLineStart = true;

    WithoutHeader(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      int from = offset;
      while (isHeader && from < offset + count) {
        isHeader = !isLineStart || bytes[from] == '#';
        if (isHeader) {
          isLineStart = bytes[from] == '\n';
          from++;
        }
      }
      out.write(bytes, from, offset + count - from);
    }
  }

  /// Leaves out the line that ends an OpenMetrics page.
  private static final class WithoutEnd extends FilterOutputStream {
    private static final int LENGTH = "# EOF\n".length();

    private byte[] last = {};

    WithoutEnd(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      int kept = Math.min(LENGTH, count);
      int fromLast = Math.max(0, last.length + kept - LENGTH);
      out.write(last, 0, fromLast);
      out.write(bytes, offset, count - kept);
      var next = Arrays.copyOfRange(last, fromLast, last.length + kept);
      System.arraycopy(bytes, offset + count - kept, next, last.length - fromLast, kept);
      last = next;
    }
  }

  /// Snapshots that are made while they are written, in the given order.
  ///
  /// The client's own collection needs all snapshots at once and sorts them by name; its writers
  /// only iterate. Writing each snapshot by itself would cost a buffer of 24 KiB every time.
  private static final class OneByOne extends MetricSnapshots {
    private final Iterator<MetricSnapshot> given;

    OneByOne(Iterator<MetricSnapshot> given) {
      super(List.of());
      this.given = given;
    }

    @Override
    public Iterator<MetricSnapshot> iterator() {
      return given;
    }
  }

  /// One element of an `Accept` header: a media range with its parameters and quality (RFC 9110,
  /// 12.5.1).
  record AcceptedRange(
      String type, String subtype, Map<String, String> parameters, double quality) {
    AcceptedRange {
      parameters = Map.copyOf(parameters);
    }

    static List<AcceptedRange> parseAll(String header) {
      var ranges = new ArrayList<AcceptedRange>();
      for (String element : header.split(",", -1)) {
        var range = parse(element);
        if (range != null) {
          ranges.add(range);
        }
      }
      return ranges;
    }

    private static @Nullable AcceptedRange parse(String element) {
      var parts = element.split(";", -1);
      var name = parts[0].strip().toLowerCase(Locale.ROOT).split("/", -1);
      if (name.length != 2) {
        return null;
      }
      var parameters = new HashMap<String, String>();
      double quality = 1;
      for (int i = 1; i < parts.length; i++) {
        var parameter = parts[i].strip().toLowerCase(Locale.ROOT).split("=", 2);
        if (parameter.length == 2 && parameter[0].equals("q")) {
          quality = quality(parameter[1]);
        } else if (parameter.length == 2) {
          parameters.put(parameter[0], parameter[1].replace("\"", ""));
        }
      }
      return new AcceptedRange(name[0], name[1], parameters, quality);
    }

    private static double quality(String text) {
      try {
        double quality = Double.parseDouble(text);
        return quality >= 0 && quality <= 1 ? quality : 0;
      } catch (NumberFormatException _) {
        return 0;
      }
    }

    /// The quality that the most specific matching range gives to a format; 0 if none matches, or
    /// only a wildcard does and `orAnything` is false.
    static double quality(
        List<AcceptedRange> ranges,
        String type,
        String subtype,
        String version,
        boolean orAnything) {
      int bestFit = 0;
      double quality = 0;
      for (AcceptedRange range : ranges) {
        int fit = range.fit(type, subtype, version);
        if (fit > bestFit && (orAnything || fit >= 3)) {
          bestFit = fit;
          quality = range.quality;
        }
      }
      return quality;
    }

    /// The quality of the one form of protobuf that Prometheus reads; 0 if it is not named.
    static double qualityOfProtobuf(List<AcceptedRange> ranges) {
      return ranges.stream()
          .filter(range -> range.type.equals("application"))
          .filter(range -> range.subtype.equals("vnd.google.protobuf"))
          .filter(
              range -> "io.prometheus.client.metricfamily".equals(range.parameters.get("proto")))
          .filter(range -> "delimited".equals(range.parameters.get("encoding")))
          .mapToDouble(AcceptedRange::quality)
          .max()
          .orElse(0);
    }

    /// 4 for the same type and version, 3 without a version, 2 for `type/*`, 1 for anything, 0 for
    /// none.
    private int fit(String wantedType, String wantedSubtype, String wantedVersion) {
      if (type.equals("*") && subtype.equals("*")) {
        return 1;
      }
      if (!type.equals(wantedType)) {
        return 0;
      }
      if (subtype.equals("*")) {
        return 2;
      }
      if (!subtype.equals(wantedSubtype)) {
        return 0;
      }
      String version = parameters.get("version");
      if (version == null) {
        return 3;
      }
      return version.equals(wantedVersion) ? 4 : 0;
    }
  }
}
