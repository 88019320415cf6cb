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
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The formats in which metrics are written, and the choice between them.
public enum Exposition {
  TEXT("text/plain; version=0.0.4; charset=utf-8", 200),
  OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8", 200),
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

  private final String contentType;
  private final int bytesOfSeries;

  Exposition(String contentType, int bytesOfSeries) {
    this.contentType = contentType;
    this.bytesOfSeries = bytesOfSeries;
  }

  /// Memory that a series of a large page takes while the page is written, as measured.
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
    var ranges = AcceptedRange.parseAll(accept);
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
    write(families, null, created, own, page);
  }

  /// Writes the first families of a page, which others follow.
  ///
  /// @param first a label that all samples have before their own
  public void writePart(
      List<MetricFamily> families,
      Label first,
      CreatedSeries created,
      ExporterMetrics own,
      OutputStream page)
      throws IOException {
    write(families, first, created, own, this == OPENMETRICS ? new WithoutEnd(page) : page);
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

  private void write(
      List<MetricFamily> families,
      @Nullable Label first,
      CreatedSeries created,
      ExporterMetrics own,
      OutputStream page)
      throws IOException {
    Iterable<MetricSnapshot> snapshots =
        () -> families.stream().map(family -> snapshot(family, first, own)).iterator();
    var openMetrics =
        switch (created) {
          case LEFT_OUT -> OPENMETRICS_WRITER;
          case WRITTEN -> WITH_STARTS;
        };
    write(snapshots, openMetrics, page);
  }

  /// Writes the page of some snapshots, in their order; without the start times of counters,
  /// because a process has only one.
  void write(Iterable<MetricSnapshot> snapshots, OutputStream page) throws IOException {
    write(snapshots, OPENMETRICS_WRITER, page);
  }

  private void write(
      Iterable<MetricSnapshot> snapshots, ExpositionFormatWriter openMetrics, OutputStream page)
      throws IOException {
    var writer =
        switch (this) {
          case TEXT -> TEXT_WRITER;
          case OPENMETRICS -> openMetrics;
          case PROTOBUF -> Protobuf.WRITER;
        };
    writer.write(page, new OneByOne(snapshots), EscapingScheme.UNDERSCORE_ESCAPING);
  }

  /// Converts a family to the client's form.
  private static MetricSnapshot snapshot(
      MetricFamily family, @Nullable Label first, ExporterMetrics own) {
    var metric = family.metric();
    var metadata = new MetricMetadata(metric.baseName(), metric.help());
    return switch (metric.type()) {
      case GAUGE ->
          new GaugeSnapshot(
              metadata,
              points(
                  family,
                  first,
                  own,
                  (value, labels) -> new GaugeDataPointSnapshot(value, labels, null)));
      case COUNTER -> {
        long start = startMillis(family);
        yield new CounterSnapshot(
            metadata,
            points(
                family,
                first,
                own,
                (value, labels) -> new CounterDataPointSnapshot(value, labels, null, start)));
      }
      case INFO ->
          new InfoSnapshot(
              metadata,
              points(family, first, own, (_, labels) -> new InfoDataPointSnapshot(labels)));
      case HISTOGRAM -> throw new IllegalArgumentException(metric.name() + " has no single values");
    };
  }

  /// A sample in the client's form.
  private interface Point<T> {
    T of(double value, Labels labels);
  }

  /// Converts samples. Of two with the same labels the first is kept and the other counted:
  /// otherwise, the client would refuse the whole page for a single project.
  private static <T> List<T> points(
      MetricFamily family, @Nullable Label first, ExporterMetrics own, Point<T> form) {
    List<Sample> samples = family.samples();
    List<String> names = names(family.metric(), first);
    var values = new ArrayList<String>(names.size()); // of one sample after the other
    Set<Labels> seen = HashSet.newHashSet(samples.size());
    var points = new ArrayList<T>(samples.size());
    for (Sample sample : samples) {
      if (Math.abs(sample.value()) >= FIRST_INEXACT) {
        own.roundedValue(family.metric().name());
      }
      values.clear();
      if (first != null) {
        values.add(first.value());
      }
      values.addAll(sample.labelValues());
      var labels = Labels.of(names, values);
      if (seen.add(labels)) {
        points.add(form.of(sample.value(), labels));
      } else {
        own.duplicateSeries();
      }
    }
    return points;
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
    private final Iterable<MetricSnapshot> given;

    OneByOne(Iterable<MetricSnapshot> given) {
      super(List.of());
      this.given = given;
    }

    @Override
    public Iterator<MetricSnapshot> iterator() {
      return given.iterator();
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
