package io.sentryexporter.app;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.ConfigReading;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.LiveConfig;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.config.UnknownProberModule;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.Graph;
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

/// The configuration in force, what probes run on with it, and whether that makes the exporter
/// ready. A reload puts another in force; it tells the log and our own figures how it went.
final class InForce {
  private static final Logger log = LoggerFactory.getLogger(InForce.class);

  /// Of instances and modules, in a line of the log.
  private static final int MOST_SHOWN = 20;

  private final LiveConfig config;
  private final Instances instances;
  private final ExporterMetrics metrics;
  private final InstantSource clock;
  private final Readiness readiness = new Readiness();
  private final AtomicReference<Graph> graph =
      new AtomicReference<>(new Graph(Config.NOTHING, Map.of()));

  /// How the last reload ended, and how many more ended so since.
  private @Nullable Outcome lastOutcome;

  private int repeated;

  /// Whether requests are taken: after the start, before the end.
  private boolean serving;

  /// How a reload ended. Reloads in a row with the same outcome are one line of the log.
  private record Outcome(List<Problem> problems, Config inForce) {}

  /// Reads the first configuration; [#begin] puts it in force.
  ///
  /// @param source reads the configuration, now and at each reload
  /// @param sentries makes what is known of an instance of Sentry
  /// @throws StartException if the configuration has errors; the log says which
  InForce(
      Supplier<ConfigReading> source,
      Function<Instance, Sentry> sentries,
      ExporterMetrics metrics,
      InstantSource clock)
      throws StartException {
    this.config = new LiveConfig(source, first(source));
    this.instances = new Instances(sentries);
    this.metrics = metrics;
    this.clock = clock;
  }

  /// The errors that the last reload met, a line each; empty if it met none, and at the start.
  List<String> lastReloadErrors() {
    return config.lastReloadErrors();
  }

  Graph graph() {
    return graph.get();
  }

  Readiness readiness() {
    return readiness;
  }

  /// Puts in force what was read first.
  synchronized void begin() {
    apply();
    logInForce("configuration loaded");
  }

  /// Probes under way end on what they began with.
  private void apply() {
    var current = config.current();
    graph.set(new Graph(current, instances.of(current)));
    metrics.reloadSucceeded(clock.instant());
    metrics.modulesConfigured(current.modules().keySet());
    tellReadiness();
  }

  /// Puts the configuration in force as it is now.
  ///
  /// Of two reloads at the same time the second begins when the figures of the first are set.
  ///
  /// @return its errors, a line each; with any the old one stays
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

  /// Ends a row of reloads with the same outcome.
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
          .addKeyValue("instances", listed(current.instances().values(), InForce::shown))
          .addKeyValue("modules", listed(current.modules().values(), InForce::shown))
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

  /// From now on requests are taken.
  synchronized void serving() {
    serving = true;
    tellReadiness();
  }

  /// From now on none should be sent.
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

  private static Config first(Supplier<ConfigReading> source) throws StartException {
    ConfigReading reading = source.get();
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
