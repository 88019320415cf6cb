package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.Options;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.Logging;
import io.sentryexporter.config.Config;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.WebSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// The exporter on a free port of loopback, with a configuration given as text, reached over HTTP.
public final class RunningExporter implements AutoCloseable {
  private static final WebSettings WEB =
      new WebSettings(
          "",
          "",
          "",
          "/metrics",
          EnumSet.allOf(WebSettings.Part.class),
          512,
          Duration.ofMillis(500),
          CreatedSeries.LEFT_OUT,
          false);

  private static final Options STANDARD = options(WEB);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final AtomicReference<String> yaml;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final App app;

  private RunningExporter(String yaml, Options options, TimeSource time) throws StartException {
    this.yaml = new AtomicReference<>(yaml);
    this.app = start(() -> Config.parse(this.yaml.get(), "sentry_exporter.yml"), options, time);
  }

  private RunningExporter(Supplier<Config.Result> source, Options options, TimeSource time)
      throws StartException {
    this.yaml = new AtomicReference<>("");
    this.app = start(source, options, time);
  }

  private App start(Supplier<Config.Result> source, Options options, TimeSource time)
      throws StartException {
    return App.start(
        options, source, Map.of(), time, new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  private static Options options(WebSettings web) {
    return new Options(
        List.of(new ListenAddress("127.0.0.1", 0)),
        web,
        null,
        new Logging.Settings(Logging.Format.LOGFMT, Level.DEBUG, Level.DEBUG),
        100,
        null,
        Duration.ZERO);
  }

  /// Starts with the standard options and all log levels on.
  public static RunningExporter with(String yaml) {
    return with(yaml, web -> web);
  }

  /// Starts with some options of serving changed.
  public static RunningExporter with(String yaml, UnaryOperator<WebSettings> changed) {
    try {
      return new RunningExporter(yaml, options(changed.apply(WEB)), TestTime.real());
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// The same on another address.
  public static RunningExporter on(String host, String yaml, UnaryOperator<WebSettings> changed) {
    return with(yaml, List.of(new ListenAddress(host, 0)), changed.apply(WEB), STANDARD.logging());
  }

  /// Starts with another form of the log.
  public static RunningExporter logging(Logging.Settings logging, String yaml) {
    return with(yaml, STANDARD.listenAddresses(), WEB, logging);
  }

  private static RunningExporter with(
      String yaml, List<ListenAddress> addresses, WebSettings web, Logging.Settings logging) {
    var options =
        new Options(
            addresses,
            web,
            null,
            logging,
            STANDARD.historyLimit(),
            STANDARD.storage(),
            STANDARD.secondReading());
    try {
      return new RunningExporter(yaml, options, TestTime.real());
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// Starts with a web configuration; the methods that send requests are for one without TLS.
  public static RunningExporter withWebConfig(String yaml, Path webConfig) throws StartException {
    var options =
        new Options(
            STANDARD.listenAddresses(),
            WEB,
            webConfig,
            STANDARD.logging(),
            STANDARD.historyLimit(),
            null,
            Duration.ZERO);
    return new RunningExporter(yaml, options, TestTime.real());
  }

  /// Starts by a test's clock.
  ///
  /// @param storage folder for what outlives the process; null for nothing
  public static RunningExporter withClock(String yaml, TestClock clock, @Nullable Path storage) {
    return withClocks(yaml, new TestTime(clock, (_, _) -> {}), storage, Duration.ZERO);
  }

  /// The same, reading counters without marks twice, as the program does; for which the clock is
  /// moved, by whole seconds.
  public static RunningExporter readingTwice(String yaml, TestClock clock, @Nullable Path storage) {
    var time =
        new TestTime(
            clock,
            (pause, _) -> clock.advance(Duration.ofSeconds(Math.ceilDiv(pause.toMillis(), 1_000))));
    return withClocks(yaml, time, storage, Duration.ofSeconds(8));
  }

  private static RunningExporter withClocks(
      String yaml, TimeSource time, @Nullable Path storage, Duration secondReading) {
    var standard = new Logging.Settings(Logging.Format.LOGFMT, Level.INFO, Level.WARN);
    var options =
        new Options(
            STANDARD.listenAddresses(),
            WEB,
            null,
            standard,
            STANDARD.historyLimit(),
            storage,
            secondReading);
    try {
      return new RunningExporter(yaml, options, time);
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// Starts by another source of time, with some options of serving changed.
  public static RunningExporter withTime(
      String yaml, TimeSource time, UnaryOperator<WebSettings> changed) {
    try {
      return new RunningExporter(yaml, options(changed.apply(WEB)), time);
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// Starts with a module `sentry` for the projects of a server.
  public static RunningExporter forProjectsOf(URI sentry) {
    return with(patient(projects(sentry)));
  }

  /// Starts with what a source gives as its configuration.
  public static RunningExporter from(Supplier<Config.Result> source) {
    try {
      return new RunningExporter(source, STANDARD, TestTime.real());
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// The same by a test's clock.
  public static RunningExporter from(Supplier<Config.Result> source, TestClock clock) {
    try {
      return new RunningExporter(source, options(WEB), new TestTime(clock, (_, _) -> {}));
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  /// A file with an instance and a module `sentry` of `prober: sentry`, its token the simulated
  /// Sentry's.
  ///
  /// @param settings further lines of the module, indented by four
  public static String collecting(URI sentry, String settings) {
    return """
    instances:
      default: {url: "%s", auth_token: simulated-api-token}
    modules:
      sentry:
        prober: sentry
    %s
    """
        .formatted(sentry, settings);
  }

  /// A file with a module `sentry` of `prober: http` and these settings of its client, each a line.
  public static String moduleWith(URI sentry, String settings) {
    return """
    modules:
      sentry:
        prober: http
        timeout: 1m
        http:
          prefix: %s/api/0/projects/
    %s
    """
        .formatted(sentry, settings.stripTrailing().stripIndent().indent(6));
  }

  /// A file with an instance with these settings, each a line or with `; ` between them, and a
  /// collector of it.
  public static String instanceWith(URI sentry, String settings) {
    return """
    instances:
      default:
        url: %s
    %s
    modules:
      sentry: {prober: sentry, timeout: 1m, collectors: {projects: {}}}
    """
        .formatted(sentry, settings.replace("; ", "\n").stripTrailing().stripIndent().indent(4));
  }

  /// A file with a module `sentry` of `prober: http` for the projects of a server.
  public static String projects(URI sentry) {
    return module("sentry", sentry + "/api/0/projects/");
  }

  /// A file with one module, its token the simulated Sentry's.
  public static String module(String name, String prefix) {
    return """
    modules:
      %s:
        prober: http
        timeout: 5s
        http:
          prefix: %s
          headers:
            Authorization: Bearer simulated-api-token
    """
        .formatted(name, prefix);
  }

  /// A file of this class with more time for each probe than any needs, also on a slow machine.
  public static String patient(String yaml) {
    return yaml.replace("timeout: 5s", "timeout: 1m");
  }

  /// Puts another text where the configuration is read from; in force with the next reload.
  public void configure(String newYaml) {
    yaml.set(newYaml);
  }

  /// Loads another configuration.
  public void reload(String newYaml) {
    configure(newYaml);
    app.reload();
  }

  public App app() {
    return app;
  }

  public int port() {
    return app.addresses().getFirst().getPort();
  }

  /// Everything logged so far.
  public String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  public Reply get(String path, String... headers) {
    return send("GET", path, headers);
  }

  /// The metrics of a probe of the module `sentry`.
  public Reply probe(String target) {
    return get("/probe?target=" + target);
  }

  public Reply send(String method, String path, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(115));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  public Reply send(HttpRequest request) {
    try {
      return new Reply(client.send(request, BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    app.close();
    client.close();
  }

  /// An answer of the exporter.
  public record Reply(HttpResponse<byte[]> http) {
    public int status() {
      return http.statusCode();
    }

    public String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    public String text() {
      return new String(http.body(), StandardCharsets.UTF_8);
    }

    /// The value of a series, named with its labels as on the page; fails if it is not there.
    public double value(String series) {
      return text()
          .lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new AssertionError(series + " is not in:\n" + text()));
    }

    public boolean has(String series) {
      return text().lines().anyMatch(line -> line.startsWith(series + " "));
    }

    /// Asserts a failed probe of one reason, without a value that could be taken for true.
    public Reply assertFailed(String reason, int statusCode) {
      assertThat(status()).isEqualTo(200);
      assertThat(has("sentry_probe_error_received")).as(text()).isFalse();
      assertThat(value("sentry_probe_success")).as(text()).isZero();
      assertThat(value("sentry_probe_status_code")).as(text()).isEqualTo(statusCode);
      assertThat(text())
          .contains("sentry_probe_failure_info{collector=\"http\",reason=\"" + reason + "\"} 1");
      assertThat(has("sentry_probe_content_length")).isTrue();
      assertThat(has("sentry_probe_duration_seconds")).isTrue();
      return this;
    }

    /// Asserts a probe that succeeded with this many events.
    public Reply assertReceived(double events) {
      assertThat(status()).isEqualTo(200);
      assertThat(value("sentry_probe_success")).as(text()).isEqualTo(1);
      assertThat(value("sentry_probe_error_received")).isEqualTo(events);
      assertThat(text()).doesNotContain("sentry_probe_failure_info{");
      return this;
    }
  }
}
