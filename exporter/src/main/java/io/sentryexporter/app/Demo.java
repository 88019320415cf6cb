package io.sentryexporter.app;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.config.Config;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// The simulated Sentry of `demo`, and the configuration with which the exporter uses it.
public final class Demo implements AutoCloseable {
  /// Settings of collectors that show little without them.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "outcomes", "{closed_hour: true}",
          "quota", "{limits: {error: 1000000, transaction: 5000000}, period_start_day: 1}",
          "queries",
              "{queries: [{name: events_by_level, dataset: errors, query: '', aggregate: count(),"
                  + " group_by: [level], window: 1h}]}");

  private final SimulatedSentry sentry;

  private Demo(SimulatedSentry sentry) {
    this.sentry = sentry;
  }

  /// Where and how the simulated Sentry runs.
  ///
  /// @param projects number of projects of a second organization, `big`; 0 for no such organization
  public record SentryOptions(String listenAddress, long seed, int projects, Duration latency) {}

  /// Starts the simulated Sentry.
  public static Demo start(SentryOptions options) throws StartException {
    try {
      var address = ListenAddress.parse(options.listenAddress());
      var server =
          ServerOptions.onLoopback(InstantSource.system())
              .withInstallation(Installation.SELF_HOSTED) // no limits: it is there to be probed
              .withAddress(InetAddress.getByName(address.host()))
              .withPort(address.port())
              .withLatency(options.latency());
      var world = SimulatedWorld.demo(options.seed(), options.projects());
      return new Demo(SimulatedSentry.start(world, server));
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
        %3$s  # As with the old exporters. Targets: organization/project, such as acme/web.
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
  private static String collectors() {
    return CollectorCatalog.types().stream()
        .map(type ->
            "      %s: %s\n".formatted(type.name(), SETTINGS.getOrDefault(type.name(), "{}")))
        .collect(Collectors.joining());
  }

  @Override
  public void close() {
    sentry.close();
  }
}
