package io.sentryexporter.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The exporter's own metrics, the only ones on its `/metrics`.
///
/// Counters start at 0 with the process. Label values are bounded: a module is one of the
/// configuration, an endpoint one of the exporter. There are no exemplars, because nothing is
/// traced; without a tracer, the client's sampler would still wake a thread after most
/// observations.
public final class ExporterMetrics {
  private static final Logger log = LoggerFactory.getLogger(ExporterMetrics.class);

  private static final double[] SECONDS = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };

  private static final Metric BUILD_INFO =
      Metric.info(
          "sentry_exporter_build_info",
          "Version, revision and branch of the running exporter, and its Java version.",
          "version",
          "revision",
          "branch",
          "javaversion");
  private static final Metric RELOAD_SUCCESSFUL =
      Metric.gauge(
          "sentry_exporter_config_last_reload_successful",
          "Whether the last attempt to load the configuration succeeded.");
  private static final Metric RELOAD_SUCCESS_TIME =
      Metric.gauge(
          "sentry_exporter_config_last_reload_success_timestamp_seconds",
          "Timestamp of the last successful load of the configuration.");
  private static final Metric WEB_CONFIG_SUCCESSFUL =
      Metric.gauge(
          "sentry_exporter_web_config_last_reload_successful",
          "Whether the last attempt to load the web configuration succeeded. Only with"
              + " --web.config.file.");
  private static final Metric INSECURE =
      Metric.gauge(
          "sentry_exporter_tls_insecure_skip_verify",
          "1 for an instance of Sentry, or a module, whose server's certificate is not checked,"
              + " as `insecure_skip_verify: true` sets it.",
          "kind",
          "name");
  private static final Metric MODULE_UNKNOWN =
      Metric.counter(
          "sentry_exporter_module_unknown_total",
          "Probes refused because they named a module that is not configured.");
  private static final Metric PROBES_REFUSED =
      Metric.counter(
          "sentry_exporter_probes_refused_total",
          "Probes answered 400 because a parameter is missing, unknown or invalid, or 503 because"
              + " nothing is configured. Includes unknown modules.");
  private static final Metric PROBES =
      Metric.counter("sentry_exporter_probes_total", "Probes run.", "module");
  private static final Metric PROBES_FAILED =
      Metric.counter("sentry_exporter_probes_failed_total", "Probes that failed.", "module");
  private static final Metric PROBE_DURATION =
      Metric.histogram("sentry_exporter_probe_duration_seconds", "Duration of probes.", "module");
  private static final Metric PROBES_IN_FLIGHT =
      Metric.gauge("sentry_exporter_probes_in_flight", "Probes running now.");
  private static final Metric DISCOVERIES =
      Metric.counter(
          "sentry_exporter_discoveries_total", "Requests for the list of targets, to /sd.");
  private static final Metric DISCOVERIES_FAILED =
      Metric.counter(
          "sentry_exporter_discoveries_failed_total",
          "Requests for the list of targets that were answered with an error, since the list was"
              + " not available. Prometheus keeps its targets.");
  private static final Metric REQUESTS_REJECTED =
      Metric.counter(
          "sentry_exporter_requests_rejected_total",
          "Requests answered 503 because --web.max-requests, all connections, or the memory for"
              + " large pages were taken.");
  private static final Metric PAGES_SHARED =
      Metric.counter(
          "sentry_exporter_pages_shared_total",
          "Pages whose metrics had been rendered for another scrape from the same answers.");
  private static final Metric PAGE_MEMORY =
      Metric.gauge(
          "sentry_exporter_page_memory_bytes",
          "Memory taken by pages that are being rendered, kept or sent.");
  private static final Metric PAGE_MEMORY_LIMIT =
      Metric.gauge(
          "sentry_exporter_page_memory_limit_bytes",
          "Memory limit for pages. Beyond it, scrapes of large pages wait, up to their deadlines.");
  private static final Metric API_REQUESTS =
      Metric.counter(
          "sentry_exporter_api_requests_total",
          "Requests sent to Sentry, by endpoint and HTTP status or, without an answer, the error.",
          "endpoint",
          "code");
  private static final Metric API_DURATION =
      Metric.histogram(
          "sentry_exporter_api_request_duration_seconds",
          "Duration of requests to Sentry, to the last byte of the answer.",
          "endpoint");
  private static final Metric API_RETRIES =
      Metric.counter(
          "sentry_exporter_api_retries_total",
          "Requests sent again after a 429 with a time to wait and, for collectors, after a"
              + " transient failure.",
          "endpoint");
  private static final Metric CACHE_REQUESTS =
      Metric.counter(
          "sentry_exporter_cache_requests_total",
          "Requests that an earlier answer may serve, within the refresh_interval of a module or"
              + " collector.");
  private static final Metric CACHE_HITS =
      Metric.counter(
          "sentry_exporter_cache_hits_total",
          "Requests served by an earlier answer within its refresh_interval.");
  private static final Metric COALESCED =
      Metric.counter(
          "sentry_exporter_coalesced_requests_total",
          "Requests served by the request of another probe that was in flight.");
  private static final Metric SERIES_TRUNCATED =
      Metric.counter(
          "sentry_exporter_series_truncated_total",
          "Series left out of pages because of the limit that the cause names.",
          "cause");
  private static final Metric DUPLICATE_SERIES =
      Metric.counter(
          "sentry_exporter_duplicate_series_total",
          "Series left out of pages because one with the same name and labels is on the page.");
  private static final Metric LOG_MESSAGES =
      Metric.counter("sentry_exporter_log_messages_total", "Lines logged.", "level");

  /// Marks data as simulated, on every page of `demo`.
  public static final Metric DEMO =
      Metric.gauge(
          "sentry_exporter_demo", "1 if the data comes from the simulated Sentry of demo.");

  /// All but those of `demo`, the JVM and the process, by kind.
  public static final List<Metric> DECLARED =
      Stream.of(
              Stream.of(
                  BUILD_INFO,
                  RELOAD_SUCCESSFUL,
                  RELOAD_SUCCESS_TIME,
                  WEB_CONFIG_SUCCESSFUL,
                  INSECURE,
                  PROBES,
                  PROBES_FAILED,
                  PROBE_DURATION,
                  PROBES_IN_FLIGHT,
                  PAGES_SHARED,
                  PAGE_MEMORY,
                  PAGE_MEMORY_LIMIT,
                  MODULE_UNKNOWN,
                  PROBES_REFUSED,
                  DISCOVERIES,
                  DISCOVERIES_FAILED,
                  REQUESTS_REJECTED,
                  API_REQUESTS,
                  API_DURATION,
                  API_RETRIES,
                  CACHE_REQUESTS,
                  CACHE_HITS,
                  COALESCED),
              SentryMetrics.DECLARED.stream(),
              Stream.of(SERIES_TRUNCATED, DUPLICATE_SERIES, LOG_MESSAGES))
          .flatMap(some -> some)
          .toList();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AtomicBoolean jvmRegistered = new AtomicBoolean();
  private final AtomicBoolean roundedValueLogged = new AtomicBoolean();
  private final Gauge reloadSuccessful = gauge(RELOAD_SUCCESSFUL);
  private final Gauge reloadSuccessTime = gauge(RELOAD_SUCCESS_TIME);
  private final Gauge insecure = gauge(INSECURE);
  private final Counter unknownModules = counter(MODULE_UNKNOWN);
  private final Counter probesRefused = counter(PROBES_REFUSED);
  private final Counter probes = counter(PROBES);
  private final Counter probesFailed = counter(PROBES_FAILED);
  private final Histogram probeDuration = histogram(PROBE_DURATION);
  private final Gauge probesInFlight = gauge(PROBES_IN_FLIGHT);
  private final Counter pagesShared = counter(PAGES_SHARED);
  private final Gauge pageMemory = gauge(PAGE_MEMORY);
  private final Gauge pageMemoryLimit = gauge(PAGE_MEMORY_LIMIT);
  private final Counter discoveries = counter(DISCOVERIES);
  private final Counter discoveriesFailed = counter(DISCOVERIES_FAILED);
  private final Counter requestsRejected = counter(REQUESTS_REJECTED);
  private final Counter apiRequests = counter(API_REQUESTS);
  private final Histogram apiDuration = histogram(API_DURATION);
  private final Counter apiRetries = counter(API_RETRIES);
  private final Counter cacheRequests = counter(CACHE_REQUESTS);
  private final Counter cacheHits = counter(CACHE_HITS);
  private final Counter coalesced = counter(COALESCED);
  private final Counter seriesTruncated = counter(SERIES_TRUNCATED);
  private final Counter duplicateSeries = counter(DUPLICATE_SERIES);
  private final Counter logMessages = counter(LOG_MESSAGES);

  /// Null where there is no web configuration.
  private @Nullable Gauge webConfigSuccessful;

  private final SentryMetrics sentry = new SentryMetrics(registry);
  private final LastHour lastHour = new LastHour();

  public ExporterMetrics(BuildInfo build) {
    Info.builder()
        .name(BUILD_INFO.name())
        .help(BUILD_INFO.help())
        .labelNames(names(BUILD_INFO))
        .register(registry)
        .addLabelValues(build.version(), build.revision(), build.branch(), build.javaVersion());
    for (String cause : List.of("max_series", "max_series_per_project")) {
      seriesTruncated.initLabelValues(cause);
    }
    for (String level : List.of("debug", "info", "warn", "error")) {
      logMessages.initLabelValues(level);
    }
  }

  /// Makes the series of configured modules exist before their first probe.
  public void modulesConfigured(Collection<String> modules) {
    for (String module : modules) {
      probes.initLabelValues(module);
      probesFailed.initLabelValues(module);
      probeDuration.initLabelValues(module);
    }
  }

  /// Shows which instances and modules do not check certificates, and no others.
  public void insecure(Collection<String> instances, Collection<String> modules) {
    insecure.clear();
    instances.forEach(name -> insecure.labelValues("instance", Sample.labelValue(name)).set(1));
    modules.forEach(name -> insecure.labelValues("module", Sample.labelValue(name)).set(1));
  }

  /// Marks all Sentry data of this process as simulated.
  public void simulated() {
    gauge(DEMO).set(1);
  }

  public void reloadSucceeded(Instant time) {
    reloadSuccessful.set(1);
    reloadSuccessTime.set(time.toEpochMilli() / 1000.0);
  }

  public void reloadFailed() {
    reloadSuccessful.set(0);
  }

  /// Exposes how the last attempt to load the web configuration ended.
  public synchronized void webConfigLoaded(boolean success) {
    if (webConfigSuccessful == null) {
      webConfigSuccessful = gauge(WEB_CONFIG_SUCCESSFUL);
    }
    webConfigSuccessful.set(success ? 1 : 0);
  }

  public void probeRefused() {
    probesRefused.inc();
  }

  public void moduleUnknown() {
    unknownModules.inc();
  }

  public void discoveryEnded(boolean succeeded) {
    discoveries.inc();
    if (!succeeded) {
      discoveriesFailed.inc();
    }
  }

  public void probeStarted() {
    probesInFlight.inc();
  }

  public void probeEnded(String module, boolean success, Duration duration) {
    probesInFlight.dec();
    String label = Sample.labelValue(module);
    probes.labelValues(label).inc();
    if (!success) {
      probesFailed.labelValues(label).inc();
    }
    probeDuration.labelValues(label).observe(seconds(duration));
  }

  public void pageShared() {
    pagesShared.inc();
  }

  public void pageMemory(long used, long limit) {
    pageMemory.set((double) used);
    pageMemoryLimit.set((double) limit);
  }

  public void requestRejected() {
    requestsRejected.inc();
  }

  /// Records a request to Sentry.
  ///
  /// @param code its HTTP status, or the error if there was no answer
  public void apiRequest(String endpoint, String code, Duration duration) {
    apiRequests.labelValues(endpoint, code).inc();
    apiDuration.labelValues(endpoint).observe(seconds(duration));
  }

  /// The number of requests to Sentry so far, by endpoint.
  public Map<String, Long> requestsByEndpoint() {
    var requests = new HashMap<String, Long>();
    for (var point : apiRequests.collect().getDataPoints()) {
      requests.merge(
          String.valueOf(point.getLabels().get("endpoint")),
          Math.round(point.getValue()),
          Long::sum);
    }
    return requests;
  }

  public void apiRetry(String endpoint) {
    apiRetries.labelValues(endpoint).inc();
  }

  /// The metrics on the instances of Sentry.
  public SentryMetrics sentry() {
    return sentry;
  }

  /// The last hour, which the landing page shows.
  public LastHour lastHour() {
    return lastHour;
  }

  public void cacheLookup() {
    cacheRequests.inc();
  }

  public void cacheHit() {
    cacheHits.inc();
  }

  public void coalesced() {
    coalesced.inc();
  }

  public void seriesTruncated(String cause, long number) {
    seriesTruncated.labelValues(cause).inc(number);
  }

  void duplicateSeries() {
    duplicateSeries.inc();
  }

  /// Records a value that is too large to be exact; the first one is logged.
  void roundedValue(String metric) {
    if (roundedValueLogged.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("metric", metric)
          .log("a value is beyond 2^53: prometheus stores it rounded");
    }
  }

  public void logged(String level) {
    logMessages.labelValues(level).inc();
  }

  /// Writes the page of `/metrics`, ordered by name.
  ///
  /// The first call registers the metrics of the JVM and the process: they load the JVM's
  /// management classes, which would delay the start.
  public void write(Exposition format, OutputStream page) throws IOException {
    if (jvmRegistered.compareAndSet(false, true)) {
      JvmMetrics.builder().register(registry);
    }
    format.write(registry.scrape(), page);
  }

  /// Returns the same page as bytes.
  public byte[] page(Exposition format) {
    var page = new ByteArrayOutputStream(4096);
    try {
      write(format, page);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to write", e);
    }
    return page.toByteArray();
  }

  private Gauge gauge(Metric metric) {
    return Gauge.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(names(metric))
        .withoutExemplars()
        .register(registry);
  }

  private Counter counter(Metric metric) {
    return Counter.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(names(metric))
        .withoutExemplars()
        .register(registry);
  }

  private Histogram histogram(Metric metric) {
    return Histogram.builder()
        .name(metric.name())
        .help(metric.help())
        .labelNames(names(metric))
        .withoutExemplars()
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  private static String[] names(Metric metric) {
    return metric.labels().toArray(String[]::new);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /// Requests and probes of the last hour, minute by minute. Times are nanoseconds of a clock that
  /// only goes forward.
  public static final class LastHour {
    private static final int MINUTES = 60;

    private final Minute[] minutes = new Minute[MINUTES];

    /// The newest minute that something is counted in.
    private long newest = Long.MIN_VALUE / 2;

    LastHour() {
      clear();
    }

    /// A minute of the exporter.
    private static final class Minute {
      private int requests;
      private int refused;
      private double limitUsed = Double.NaN;
      private int probes;
      private long totalNanos;
      private long longestNanos;
      private long oldestNanos = -1;

      Activity activity() {
        return new Activity(
            requests,
            refused,
            limitUsed,
            probes,
            Duration.ofNanos(probes == 0 ? 0 : totalNanos / probes),
            Duration.ofNanos(longestNanos),
            oldestNanos < 0 ? null : Duration.ofNanos(oldestNanos));
      }
    }

    /// What the exporter did in a minute.
    ///
    /// @param requests to Sentry that ended
    /// @param refused those of them that Sentry answered with 429
    /// @param limitUsed largest share of a rate limit that was used up, by Sentry's own count; NaN
    ///   where no answer reported one
    /// @param mean duration of the probes
    /// @param longest duration of a probe
    /// @param oldest age of the data of a probe; null without data
    public record Activity(
        int requests,
        int refused,
        double limitUsed,
        int probes,
        Duration mean,
        Duration longest,
        @Nullable Duration oldest) {}

    /// A request to Sentry has ended.
    ///
    /// @param status HTTP status; 0 without an answer
    /// @param limit requests that Sentry accepts in a window; null if it did not report it
    /// @param remaining those that are left in the window
    public synchronized void requested(
        long now, int status, @Nullable Long limit, @Nullable Long remaining) {
      Minute minute = at(now);
      minute.requests++;
      if (status == 429) {
        minute.refused++;
      }
      if (limit != null && remaining != null) {
        double used = Math.clamp(1 - (double) remaining / limit, 0, 1);
        minute.limitUsed = Double.isNaN(minute.limitUsed) ? used : Math.max(minute.limitUsed, used);
      }
    }

    /// A probe has ended.
    ///
    /// @param age of its data; null without data
    public synchronized void probed(long now, Duration duration, @Nullable Duration age) {
      Minute minute = at(now);
      long nanos = duration.toNanos();
      minute.probes++;
      minute.totalNanos += nanos;
      minute.longestNanos = Math.max(minute.longestNanos, nanos);
      if (age != null) {
        minute.oldestNanos = Math.max(minute.oldestNanos, age.toNanos());
      }
    }

    /// Sixty minutes, the oldest first; the last one is under way.
    public synchronized List<Activity> minutes(long now) {
      at(now);
      var all = new ArrayList<Activity>(MINUTES);
      for (long minute = newest - MINUTES + 1; minute <= newest; minute++) {
        all.add(minutes[slot(minute)].activity());
      }
      return all;
    }

    private Minute at(long now) {
      long minute = Math.floorDiv(now, Duration.ofMinutes(1).toNanos());
      if (minute - newest >= MINUTES) {
        clear();
      } else {
        while (newest < minute) {
          newest++;
          minutes[slot(newest)] = new Minute();
        }
      }
      newest = Math.max(newest, minute);
      return minutes[slot(minute)];
    }

    private void clear() {
      for (int i = 0; i < MINUTES; i++) {
        minutes[i] = new Minute();
      }
    }

    private static int slot(long minute) {
      return Math.floorMod(minute, MINUTES);
    }
  }

  /// Build information: version, revision and branch of the sources, and the Java that runs it.
  public record BuildInfo(String version, String revision, String branch, String javaVersion) {

    /// Build information of the exporter, as the build wrote it into `build.properties`.
    public static BuildInfo ofThisProgram() {
      var properties = new Properties();
      try (InputStream in = BuildInfo.class.getResourceAsStream("/build.properties")) {
        if (in == null) {
          throw new IllegalStateException("build.properties is missing from the jar");
        }
        properties.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new BuildInfo(
          properties.getProperty("version", "unknown"),
          properties.getProperty("revision", "unknown"),
          properties.getProperty("branch", "unknown"),
          System.getProperty("java.version", "unknown"));
    }
  }
}
