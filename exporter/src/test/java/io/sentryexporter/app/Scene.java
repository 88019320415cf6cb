package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// An exporter and its simulated Sentry, both with one clock that a test moves by hand.
///
/// @param world data of the simulated Sentry
record Scene(
    SimulatedWorld world, TestClock clock, SimulatedSentry sentry, RunningExporter exporter)
    implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-22T10:20:00Z");
  static final List<String> DEFAULTS =
      List.of("projects", "outcomes", "sessions", "issues", "monitors");

  /// The default collectors over the demo's three organizations.
  static Scene demo(Installation installation) {
    return of(SimulatedWorld.demo(1), installation, "");
  }

  /// @param settings further lines of the module, indented by four
  static Scene of(SimulatedWorld world, Installation installation, String settings) {
    return of(world, installation, settings, Token.reading(SimulatedSentry.TOKEN));
  }

  /// These collectors of a self-hosted Sentry; `timeout: 1m` unless another follows them.
  static Scene collecting(String collectors) {
    return collecting(Installation.SELF_HOSTED, collectors);
  }

  static Scene collecting(Installation installation, String collectors) {
    String timeout = collectors.contains("timeout:") ? "" : "    timeout: 1m\n";
    return of(
        SimulatedWorld.demo(1), installation, "    collectors: " + collectors + "\n" + timeout);
  }

  static Scene of(
      SimulatedWorld world, Installation installation, String settings, Token... tokens) {
    return of(
        world,
        new TestClock(START),
        settings,
        options -> options.withInstallation(installation).withTokens(tokens));
  }

  static Scene of(
      SimulatedWorld world,
      TestClock clock,
      String settings,
      UnaryOperator<ServerOptions> changed) {
    var sentry = SimulatedSentry.start(world, changed.apply(ServerOptions.onLoopback(clock)));
    var exporter =
        RunningExporter.withClock(RunningExporter.collecting(sentry.url(), settings), clock, null);
    return new Scene(world, clock, sentry, exporter);
  }

  /// An exporter with `prober: http` for the projects of a self-hosted Sentry; the clock is
  /// Sentry's, the exporter goes by real time.
  static Scene http() {
    return http(SimulatedWorld.demo(1), UnaryOperator.identity());
  }

  static Scene http(SimulatedWorld world, UnaryOperator<ServerOptions> changed) {
    var clock = new TestClock(START);
    var options = ServerOptions.onLoopback(clock).withInstallation(Installation.SELF_HOSTED);
    var sentry = SimulatedSentry.start(world, changed.apply(options));
    return new Scene(world, clock, sentry, RunningExporter.forProjectsOf(sentry.url()));
  }

  /// Loads a module of `prober: http` with another path before the target.
  void usePrefix(String path) {
    exporter.reload(RunningExporter.patient(RunningExporter.module("sentry", sentry.url() + path)));
  }

  /// Loads a module of `prober: http` with one more setting.
  void useSetting(String setting) {
    exporter.reload(withSetting(setting));
  }

  /// A module of `prober: http` with one more setting, and Sentry's token unless that is headers.
  String withSetting(String setting) {
    String headers =
        setting.startsWith("headers")
            ? ""
            : "\n      headers: {Authorization: Bearer simulated-api-token}";
    return """
    modules:
      sentry:
        prober: http
        timeout: 1m
        http:
          prefix: %s/api/0/projects/
          %s%s
    """
        .formatted(sentry.url(), setting, headers);
  }

  /// The events that a project received in the current hour, as Sentry has them.
  double received(String organization, String project) {
    var hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
    return world.received(organization, project, hour, clock.instant());
  }

  double received(String organization) {
    return world.projects(organization).stream()
        .mapToDouble(project -> received(organization, project))
        .sum();
  }

  ReceivedRequest lastRequest() {
    return sentry.requests().last().getLast();
  }

  /// A probe of the module `sentry`.
  Reply probe(String target) {
    return exporter.probe(target);
  }

  /// A probe whose scrape ends after so many seconds; the exporter ends half a second earlier.
  Reply probeWithin(String target, String scrapeTimeoutSeconds) {
    return exporter.get(
        "/probe?target=" + target, "X-Prometheus-Scrape-Timeout-Seconds", scrapeTimeoutSeconds);
  }

  /// How many requests arrive at Sentry while something is done.
  long requestsOf(Runnable what) {
    long before = sentry.requests().total();
    what.run();
    return sentry.requests().total() - before;
  }

  void advance(Duration time) {
    clock.advance(time);
  }

  /// What an organization's endpoint, such as `sessions`, meets with from now on.
  void fault(String endpoint, Fault fault) {
    sentry.faults().when(path -> path.contains("/" + endpoint + "/"), fault);
  }

  /// Answers every request to an organization's endpoint with this body.
  void answer(String endpoint, String json) {
    answer(endpoint, _ -> true, json);
  }

  /// Answers the requests to an organization's endpoint whose path and query fit.
  void answer(String endpoint, Predicate<String> target, String json) {
    sentry
        .faults()
        .whenTarget(
            request -> request.contains("/" + endpoint + "/") && target.test(request),
            new Fault.Body(200, "application/json", json));
  }

  /// Refuses the requests whose path and query fit.
  void refuse(Predicate<String> target, int status, String detail) {
    sentry
        .faults()
        .whenTarget(
            target, new Fault.Body(status, "application/json", "{\"detail\":\"" + detail + "\"}"));
  }

  /// Fits paths and queries that have a part.
  static Predicate<String> has(String part) {
    return target -> target.contains(part);
  }

  /// How much of a collector's answers has been dropped for a cause.
  double dropped(String collector, String cause) {
    return exporter
        .get("/metrics")
        .value(series("sentry_exporter_dropped_total", "cause", cause, "collector", collector));
  }

  /// Requests that have arrived at an organization's endpoint, such as `sessions`.
  long requestsTo(String endpoint) {
    return sentry.requests().count("/api/0/organizations/{organization}/" + endpoint + "/");
  }

  /// What is kept of the last probe.
  String trace(String target) {
    return exporter.get("/logs?target=" + target).text();
  }

  @Override
  public void close() {
    sentry.close(); // first, so that the exporter waits for no request that hangs
    exporter.close();
  }

  /// Asserts that all collectors of a page but one have new data, and that this one has its reason.
  static void assertOnlyFailed(Reply page, String collector, String reason) {
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.value("sentry_probe_success")).as(page.text()).isZero();
    for (String each : DEFAULTS) {
      assertThat(page.value(series("sentry_probe_collector_success", "collector", each)))
          .as("%s: %s", each, page.text())
          .isEqualTo(each.equals(collector) ? 0 : 1);
    }
    assertThat(failures(page))
        .containsExactly(
            series("sentry_probe_failure_info", "collector", collector, "reason", reason) + " 1");
  }

  /// Asserts that every collector of a page has new data.
  static void assertSucceeded(Reply page) {
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.value("sentry_probe_success")).as(page.text()).isOne();
    assertThat(failures(page)).isEmpty();
  }

  static List<String> failures(Reply page) {
    return lines(page, "sentry_probe_failure_info");
  }

  /// The lines of a page that start so.
  static List<String> lines(Reply page, String start) {
    return page.text().lines().filter(line -> line.startsWith(start)).toList();
  }

  /// The value of a series as the page has it, or `absent`.
  static String value(Reply page, String name, String... labels) {
    String series = series(name, labels) + " ";
    return lines(page, series).stream()
        .map(line -> line.substring(series.length()))
        .findFirst()
        .orElse("absent");
  }

  /// The age of a collector's data, in seconds.
  static double age(Reply page, String collector) {
    return page.value(series("sentry_probe_data_age_seconds", "collector", collector));
  }

  /// The lines of a page with Sentry's data, without the probe's own metrics.
  static List<String> values(Reply page) {
    return page.text()
        .lines()
        .filter(line -> line.startsWith("sentry_") && !line.startsWith("sentry_probe_"))
        .toList();
  }

  /// The lines of a page that do not depend on time: data, and the result of each collector.
  static String lasting(Reply page) {
    return page.text()
        .lines()
        .filter(line -> !line.matches("sentry_probe_(collector_)?duration_seconds.*"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// The series of a counter or gauge with these labels, which are in the order of their names.
  static String series(String name, String... labels) {
    var text = new StringBuilder(name).append('{');
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? "" : ",").append(labels[i]).append("=\"").append(labels[i + 1]);
      text.append('"');
    }
    return text.append('}').toString();
  }
}
