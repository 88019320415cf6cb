package io.sentryexporter.app;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.config.Config;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The simulated Sentry of `demo`, and the configuration with which the exporter uses it.
public final class Demo implements AutoCloseable {
  /// So many days of the period of the demo's quotas are over.
  private static final int DAYS_OF_PERIOD = 10;

  private final SimulatedSentry sentry;
  private final InstantSource clock;

  private Demo(SimulatedSentry sentry, InstantSource clock) {
    this.sentry = sentry;
    this.clock = clock;
  }

  /// Where and how the simulated Sentry runs.
  ///
  /// @param projects number of projects of a second organization, `big`; 0 for no such organization
  public record SentryOptions(String listenAddress, long seed, int projects, Duration latency) {}

  /// Starts the simulated Sentry.
  public static Demo start(SentryOptions options) throws StartException {
    return start(options, InstantSource.system());
  }

  /// The same by another clock.
  public static Demo start(SentryOptions options, InstantSource clock) throws StartException {
    try {
      var address = ListenAddress.parse(options.listenAddress());
      var server =
          ServerOptions.onLoopback(clock)
              .withInstallation(Installation.SELF_HOSTED) // no limits: it is there to be probed
              .withAddress(InetAddress.getByName(address.host()))
              .withPort(address.port())
              .withLatency(options.latency());
      var world = SimulatedWorld.demo(options.seed(), options.projects());
      var sentry = SimulatedSentry.start(world, server);
      fail(sentry.faults());
      return new Demo(sentry, clock);
    } catch (ListenException e) {
      throw new StartException("--sentry.listen-address: " + e.getMessage());
    } catch (UnknownHostException e) {
      throw new StartException("--sentry.listen-address: no such host: " + options.listenAddress());
    } catch (UncheckedIOException e) { // its text has the address in Java's notation
      throw new StartException(
          "simulated Sentry: cannot listen on "
              + options.listenAddress()
              + ": "
              + Objects.requireNonNull(e.getCause()).getMessage()
              + "; choose another address with --sentry.listen-address");
    }
  }

  /// What goes wrong for as long as the demo runs, in addition to what its projects do: the token
  /// may not read releases of initech, Sentry has nothing of the monitors of globex, and nothing
  /// new of the issues of initech.
  private static void fail(Faults faults) {
    faults.when(
        path -> path.endsWith("/organizations/initech/releases/"),
        new Fault.Failure(SentryError.NO_PERMISSION));
    faults.when(path -> path.endsWith("/organizations/globex/monitors/"), new Fault.Status(502));
    Set<String> answered = ConcurrentHashMap.newKeySet();
    faults.whenTarget(
        target -> target.contains("/organizations/initech/issues/") && !answered.add(target),
        new Fault.Status(502));
  }

  public URI url() {
    return sentry.url();
  }

  /// The modules: one with every collector, those of the old exporters, and some that fail.
  public Config.Result config() {
    String yaml =
        """
        instances:
          default:
            url: %1$s
            auth_token: %2$s
        modules:
          # Targets: organization or organization/project, such as acme and acme/web.
          sentry:
            prober: sentry
            collectors:
        %3$s  # Issues of single projects, at a request for each. Targets: organization/project.
          issues_by_project:
            prober: sentry
            collectors: {issues: {per_project: true, top: 5}}
          # As with the old exporters. Targets: organization/project, such as acme/web.
          legacy:
            prober: http
            timeout: 5s
            http:
              prefix: %1$s/api/0/projects/
              headers: {Authorization: Bearer %2$s}
          # Targets: organization, such as acme.
          organization:
            prober: http
            timeout: 5s
            http:
              prefix: %1$s/api/0/organizations/
              headers: {Authorization: Bearer %2$s}
          # Sentry answers later than the timeout.
          slow:
            prober: http
            timeout: 500ms
            http:
              prefix: %1$s/api/0/projects/
              headers: {Authorization: Bearer %2$s, X-Simulate: delay 2s}
          # Sentry stands behind a login page.
          behind_login:
            prober: http
            timeout: 5s
            http:
              prefix: %1$s/api/0/projects/
              headers: {Authorization: Bearer %2$s, X-Simulate: html-login}
        """
            .formatted(sentry.url(), SimulatedSentry.TOKEN, collectors());
    return Config.parse(yaml, "demo");
  }

  /// All collectors, with settings that expose data.
  private String collectors() {
    Map<String, String> settings = settings();
    return CollectorCatalog.types().stream()
        .map(type ->
            "      %s: %s\n".formatted(type.name(), settings.getOrDefault(type.name(), "{}")))
        .collect(Collectors.joining());
  }

  /// Settings of collectors that show little without them.
  private Map<String, String> settings() {
    int start = clock.instant().atOffset(ZoneOffset.UTC).minusDays(DAYS_OF_PERIOD).getDayOfMonth();
    return Map.of(
        "outcomes",
        "{closed_hour: true}",
        "quota",
        "{limits: {error: 1000000, transaction: 5000000}, period_start_day: " + start + "}",
        "issues",
        "{refresh_interval: 1m, max_stale: 24h, new_windows: [24h]}",
        "queries",
        "{queries: [{name: events_by_level, dataset: errors, query: '', aggregate: count(),"
            + " group_by: [level], window: 1h}]}");
  }

  @Override
  public void close() {
    sentry.close();
  }
}
