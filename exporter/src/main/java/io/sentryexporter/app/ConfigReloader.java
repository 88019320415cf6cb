package io.sentryexporter.app;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.yaml.Problem;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the active configuration and reloads it: creates and closes the clients of its instances,
/// and logs and counts the outcome.
final class ConfigReloader {
  private static final Logger log = LoggerFactory.getLogger(ConfigReloader.class);

  /// Maximum number of instances and modules named in a log line.
  private static final int MOST_SHOWN = 20;

  private final Supplier<Config.Result> source;
  private final Function<Instance, SentryClient> clients;
  private final ExporterMetrics metrics;
  private final InstantSource clock;
  private final Config first;

  /// What was read last, whether or not it is active.
  private Config.Result lastRead;

  /// What the last look found, if it is not what was read last.
  private Config.@Nullable Result changing;

  /// Set only while this object's lock is held.
  private final AtomicReference<ActiveConfig> active =
      new AtomicReference<>(new ActiveConfig(Config.NOTHING, Map.of(), List.of(), "starting"));

  /// Whether requests are accepted: after the start, before the end.
  private boolean isServing;

  /// The outcome of the last reload, and the number of further ones with the same outcome.
  private @Nullable Outcome lastOutcome;

  private int repeated;

  /// The outcome of a reload. Consecutive reloads with the same outcome are one log line.
  private record Outcome(List<Problem> problems, Config active) {}

  /// What a look at the configuration has found.
  enum Seen {
    /// What was read last.
    UNCHANGED,
    /// Another one than at the look before, which may still be being written.
    CHANGING,
    /// A changed one, which is active now.
    LOADED,
    /// A changed one with errors; the old one stays.
    REFUSED
  }

  /// Reads the first configuration; [#start] activates it.
  ///
  /// @param source reads the configuration, now and at each reload
  /// @param clients creates the client of an instance of Sentry
  /// @throws StartException if the configuration has errors, which are logged
  ConfigReloader(
      Supplier<Config.Result> source,
      Function<Instance, SentryClient> clients,
      ExporterMetrics metrics,
      InstantSource clock)
      throws StartException {
    this.source = source;
    this.clients = clients;
    this.metrics = metrics;
    this.clock = clock;
    this.lastRead = source.get();
    this.first = first(lastRead);
  }

  private static Config first(Config.Result read) throws StartException {
    log(read.problems());
    if (read.config() == null) {
      int errors = read.errors().size();
      throw new StartException(
          "the configuration has " + (errors == 1 ? "an error" : errors + " errors"));
    }
    return read.config();
  }

  /// What probes run on now.
  ActiveConfig active() {
    return active.get();
  }

  /// Activates the configuration that was read first.
  synchronized void start() {
    activate(first);
    logActive("configuration loaded");
  }

  /// Reads the configuration again and activates it unless it has an error.
  ///
  /// Concurrent reloads run one after the other, each with its own metrics. Probes under way end
  /// with the configuration that they began with.
  ///
  /// @return its errors, one per line; if there are any, the old configuration stays
  synchronized List<String> reload() {
    return reload(source.get());
  }

  /// Reads the configuration again, and activates it if it has changed and is the same as at the
  /// look before.
  ///
  /// Compared is what it means, not its text. An error in it is reported once.
  synchronized Seen look() {
    Config.Result read = source.get();
    if (read.equals(lastRead)) {
      changing = null;
      return Seen.UNCHANGED;
    }
    if (!read.equals(changing)) {
      changing = read;
      return Seen.CHANGING;
    }
    return reload(read).isEmpty() ? Seen.LOADED : Seen.REFUSED;
  }

  private List<String> reload(Config.Result read) {
    lastRead = read;
    changing = null;
    List<String> errors = read.errors();
    if (read.config() == null) {
      ActiveConfig old = active();
      active.set(new ActiveConfig(old.config(), old.sentries(), errors, old.notReady()));
      metrics.reloadFailed();
    } else {
      activate(read.config());
      active().sentries().values().forEach(SentryClient::forgetRefusals);
    }
    logOutcome(read.problems(), errors.size());
    return errors;
  }

  /// An instance that is still configured alike keeps its client, and so its cached answers, limits
  /// and marks.
  private void activate(Config config) {
    Map<String, SentryClient> before = active().sentries();
    var sentries = new HashMap<String, SentryClient>();
    config
        .instances()
        .forEach((name, instance) -> {
          SentryClient known = before.get(name);
          sentries.put(
              name,
              known != null && known.instance().equals(instance) ? known : clients.apply(instance));
        });
    active.set(new ActiveConfig(config, sentries, List.of(), notReady(config)));
    before.values().stream()
        .filter(client -> !sentries.containsValue(client))
        .forEach(SentryClient::close);
    metrics.reloadSucceeded(clock.instant());
    metrics.modulesConfigured(config.modules().keySet());
    metrics.insecure(
        config.instances().values().stream()
            .filter(instance -> isInsecure(instance.client()))
            .map(Instance::name)
            .toList(),
        config.modules().values().stream()
            .filter(module -> module instanceof HttpModule http && isInsecure(http.client()))
            .map(Module::name)
            .toList());
  }

  private static boolean isInsecure(@Nullable ClientSettings client) {
    return client != null && client.skipsVerification();
  }

  private @Nullable String notReady(Config config) {
    if (!isServing) {
      return active().notReady();
    }
    return config.isNothing()
        ? "nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN)
        : null;
  }

  /// Requests are accepted from now on: reports ready if anything is configured.
  synchronized void serving() {
    isServing = true;
    report(notReady(active().config()));
  }

  /// Reports not ready: no requests should be sent from now on.
  synchronized void shuttingDown() {
    isServing = false;
    logRepeated();
    report("shutting down");
  }

  private void report(@Nullable String notReady) {
    ActiveConfig now = active();
    active.set(new ActiveConfig(now.config(), now.sentries(), now.reloadErrors(), notReady));
  }

  private void logOutcome(List<Problem> problems, int errors) {
    var outcome = new Outcome(problems, active().config());
    if (outcome.equals(lastOutcome)) {
      repeated++;
      return;
    }
    logRepeated();
    lastOutcome = outcome;
    log(problems);
    if (errors == 0) {
      logActive("configuration reloaded");
    } else {
      log.atWarn()
          .addKeyValue("errors", errors)
          .log("configuration not reloaded, the old one stays in force");
    }
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

  private void logActive(String message) {
    Config current = active().config();
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
    return module instanceof HttpModule http ? http.name() + "=" + http.prefix() : module.name();
  }

  private static <T> String listed(Collection<T> items, Function<T, String> shown) {
    String first = items.stream().limit(MOST_SHOWN).map(shown).collect(Collectors.joining(", "));
    return items.size() <= MOST_SHOWN
        ? first
        : first + " and " + (items.size() - MOST_SHOWN) + " more";
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
