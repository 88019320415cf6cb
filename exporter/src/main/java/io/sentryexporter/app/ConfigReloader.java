package io.sentryexporter.app;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigResult;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.LiveConfig;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.config.UnknownProberModule;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.ActiveConfig;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Sentry;
import io.sentryexporter.web.Readiness;
import io.sentryexporter.yaml.Problem;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The active configuration, the clients that probes run on with it, and whether the exporter is
/// ready. A reload replaces it, and logs and counts the outcome.
final class ConfigReloader {
  private static final Logger log = LoggerFactory.getLogger(ConfigReloader.class);

  /// Maximum number of instances and modules named in a log line.
  private static final int MOST_SHOWN = 20;

  private final LiveConfig config;
  private final Instances instances;
  private final ExporterMetrics metrics;
  private final InstantSource clock;
  private final Readiness readiness = new Readiness();
  private final AtomicReference<ActiveConfig> graph =
      new AtomicReference<>(new ActiveConfig(Config.NOTHING, Map.of()));

  /// The outcome of the last reload, and the number of further ones with the same outcome.
  private @Nullable Outcome lastOutcome;

  private int repeated;

  /// Whether requests are accepted: after the start, before the end.
  private boolean serving;

  /// The outcome of a reload. Consecutive reloads with the same outcome are one log line.
  private record Outcome(List<Problem> problems, Config inForce) {}

  /// Reads the first configuration; [#begin] puts it in force.
  ///
  /// @param source reads the configuration, now and at each reload
  /// @param sentries creates the client of an instance of Sentry
  /// @throws StartException if the configuration has errors, which are logged
  ConfigReloader(
      Supplier<ConfigResult> source,
      Function<Instance, Sentry> sentries,
      ExporterMetrics metrics,
      InstantSource clock)
      throws StartException {
    this.config = new LiveConfig(source, first(source));
    this.instances = new Instances(sentries);
    this.metrics = metrics;
    this.clock = clock;
  }

  /// The errors of the last reload, one per line; empty if it had none, and at the start.
  List<String> lastReloadErrors() {
    return config.lastReloadErrors();
  }

  ActiveConfig graph() {
    return graph.get();
  }

  Readiness readiness() {
    return readiness;
  }

  /// Activates the configuration that was read first.
  synchronized void begin() {
    apply();
    logInForce("configuration loaded");
  }

  /// Probes under way end with the configuration that they began with.
  private void apply() {
    var current = config.current();
    graph.set(new ActiveConfig(current, instances.of(current)));
    metrics.reloadSucceeded(clock.instant());
    metrics.modulesConfigured(current.modules().keySet());
    tellReadiness();
  }

  /// Reloads the configuration.
  ///
  /// Concurrent reloads run one after the other, each with its own metrics.
  ///
  /// @return its errors, one per line; if there are any, the old configuration stays
  synchronized List<String> reload() {
    List<Problem> problems = config.reload();
    var errors = problems.stream().filter(Problem::isError).map(Problem::toString).toList();
    if (errors.isEmpty()) {
      apply();
      graph().sentries().values().forEach(Sentry::forgetRefusals);
    } else {
      metrics.reloadFailed();
    }
    var outcome = new Outcome(problems, config.current());
    if (outcome.equals(lastOutcome)) {
      repeated++;
    } else {
      logRepeated();
      lastOutcome = outcome;
      log(problems);
      if (errors.isEmpty()) {
        logInForce("configuration reloaded");
      } else {
        log.atWarn()
            .addKeyValue("errors", errors.size())
            .log("configuration not reloaded, the old one stays in force");
      }
    }
    return errors;
  }

  /// Ends a series of reloads with the same outcome.
  private void logRepeated() {
    if (repeated > 0) {
      log.atInfo()
          .addKeyValue("times", repeated)
          .log("configuration reloaded again, with the same outcome");
      repeated = 0;
    }
  }

  private void logInForce(String message) {
    Config current = config.current();
    if (current.isNothing()) {
      log.atWarn()
          .addKeyValue("ways_to_begin", String.join("; or ", Config.WAYS_TO_BEGIN))
          .log("nothing is configured");
    } else {
      log.atInfo()
          .addKeyValue("source", current.source())
          .addKeyValue("instances", listed(current.instances().values(), ConfigReloader::shown))
          .addKeyValue("modules", listed(current.modules().values(), ConfigReloader::shown))
          .log(message);
    }
  }

  private static String shown(Instance instance) {
    return instance.name() + "=" + instance.url();
  }

  private static String shown(Module module) {
    return switch (module) {
      case HttpModule http -> http.name() + "=" + http.prefix();
      case SentryModule sentry -> sentry.name();
      case UnknownProberModule unknown -> unknown.name();
    };
  }

  private static <T> String listed(Collection<T> items, Function<T, String> shown) {
    String first = items.stream().limit(MOST_SHOWN).map(shown).collect(Collectors.joining(", "));
    return items.size() <= MOST_SHOWN
        ? first
        : first + " and " + (items.size() - MOST_SHOWN) + " more";
  }

  /// Reports ready: requests are accepted from now on.
  synchronized void serving() {
    serving = true;
    tellReadiness();
  }

  /// Reports not ready: no requests should be sent from now on.
  synchronized void shuttingDown() {
    serving = false;
    logRepeated();
    readiness.notReady("shutting down");
  }

  private void tellReadiness() {
    if (!serving) {
      return;
    }
    if (config.current().isNothing()) {
      readiness.notReady("nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN));
    } else {
      readiness.ready();
    }
  }

  private static Config first(Supplier<ConfigResult> source) throws StartException {
    ConfigResult reading = source.get();
    log(reading.problems());
    Config config = reading.config();
    if (config == null) {
      long errors = reading.problems().stream().filter(Problem::isError).count();
      throw new StartException(
          "the configuration has " + (errors == 1 ? "an error" : errors + " errors"));
    }
    return config;
  }

  private static void log(List<Problem> problems) {
    for (Problem problem : problems) {
      var event = problem.isError() ? log.atError() : log.atWarn();
      event
          .addKeyValue("problem", problem)
          .log(problem.isError() ? "configuration error" : "configuration warning");
    }
  }
}
