package io.sentryexporter.app;

import io.sentryexporter.app.App.StartException;
import io.sentryexporter.config.WebConfigFile;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.server.WebConfig;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the web configuration as its files are now: looks at their attributes for each request and
/// handshake, and reads them again when one has changed.
///
/// Files that cannot be used change nothing: users and certificates stay as they were, so neither
/// is a door opened nor a scrape lost. For the same reason nothing opens the door but a restart: a
/// file that is emptied or cut short is a good one.
final class WebConfigReloader implements Supplier<WebConfig> {
  private static final Logger log = LoggerFactory.getLogger(WebConfigReloader.class);

  /// Changes this close to one another may leave the same time at a file.
  private static final Duration GRAIN = Duration.ofSeconds(2);

  private final Path file;
  private final ExporterMetrics metrics;
  private final InstantSource clock;
  private volatile State state;

  /// What is in force, and what was read last, from files in which state.
  ///
  /// @param refused what of the file takes effect at a restart only
  private record State(
      WebConfig config,
      List<String> refused,
      List<Problem> problems,
      Map<Path, Attributes> files,
      Instant read) {
    /// Whether the files are still those that were read.
    boolean isCurrent() {
      return files.entrySet().stream()
          .allMatch(file -> file.getValue().equals(Attributes.of(file.getKey())));
    }

    /// Whether a file may have changed once more without a trace, and would show it now.
    boolean isDueAgain(Instant now) {
      return !now.isBefore(read.plus(GRAIN))
          && files.values().stream().anyMatch(file -> file.isAfter(read.minus(GRAIN)));
    }

    boolean hasErrors() {
      return problems.stream().anyMatch(Problem::isError);
    }
  }

  /// What was read.
  private record Snapshot(WebConfigFile.Result result, Map<Path, Attributes> files, Instant time) {
    State first(WebConfig config) {
      return new State(config, List.of(), result.problems(), files, time);
    }

    /// What is in force after reading it, except what only a restart changes.
    State after(WebConfig before) {
      var config = result.config();
      var refused = new ArrayList<String>();
      if (config == null) {
        config = before;
      } else {
        if ((config.tls() == null) != (before.tls() == null)) {
          refused.add("TLS is switched on and off at a restart only; it stays as it was");
          config = config.withTls(before.tls());
        } else if (config.tls() != null
            && before.tls() != null
            && before.tls().isStricterThan(config.tls())) {
          refused.add(
              "client certificates are checked less at a restart only;"
                  + " the old TLS settings stay in force");
          config = config.withTls(before.tls());
        }
        if (config.users().isEmpty() && !before.users().isEmpty()) {
          refused.add("users are switched off at a restart only; the old ones stay in force");
          config = config.withUsers(before.users());
        }
      }
      return new State(config, refused, result.problems(), files, time);
    }
  }

  /// What shows that a file has changed.
  private record Attributes(@Nullable FileTime modified, long bytes, @Nullable Object key) {
    static Attributes of(Path file) {
      try {
        var read = Files.readAttributes(file, BasicFileAttributes.class);
        return new Attributes(read.lastModifiedTime(), read.size(), read.fileKey());
      } catch (IOException _) {
        return new Attributes(null, 0, null);
      }
    }

    boolean isAfter(Instant time) {
      return modified != null && modified.toInstant().isAfter(time);
    }
  }

  /// Reads the file for the first time.
  ///
  /// @throws StartException if it has errors, which are logged
  WebConfigReloader(Path file, ExporterMetrics metrics, InstantSource clock) throws StartException {
    this.file = file;
    this.metrics = metrics;
    this.clock = clock;
    this.state = first();
    metrics.webConfigLoaded(true);
  }

  private State first() throws StartException {
    Snapshot read = read(Set.of(file));
    log(read.result.problems());
    if (read.result.config() == null) {
      long errors = read.result.problems().stream().filter(Problem::isError).count();
      throw new StartException(
          "the web configuration has " + (errors == 1 ? "an error" : errors + " errors"));
    }
    return read.first(read.result.config());
  }

  @Override
  public WebConfig get() {
    var now = state;
    return now.isCurrent() && !now.isDueAgain(clock.instant()) ? now.config : reload();
  }

  /// Threads that see a change at the same time wait for the one that reads it.
  private synchronized WebConfig reload() {
    var before = state;
    boolean isCurrent = before.isCurrent();
    if (isCurrent && !before.isDueAgain(clock.instant())) {
      return before.config; // another thread has read it
    }
    var read = read(before.files.keySet());
    state = read.after(before.config);
    metrics.webConfigLoaded(!state.hasErrors() && state.refused.isEmpty());
    if (!state.refused.equals(before.refused)) {
      state.refused.forEach(log::warn);
    }
    if (!isCurrent || !state.problems.equals(before.problems)) {
      log(state.problems);
      if (state.hasErrors()) {
        log.atWarn().log("web configuration not reloaded, the old one stays in force");
      } else if (state.refused.isEmpty()) {
        log.atInfo().addKeyValue("file", file).log("web configuration reloaded");
      }
    }
    return state.config;
  }

  /// @param expected the files that are read, as far as is known
  private Snapshot read(Set<Path> expected) {
    Instant now = clock.instant();
    var files = attributes(expected); // before reading, so that no change in between is missed
    var result = WebConfigFile.read(file);
    if (!result.files().equals(expected)) {
      files = attributes(result.files());
      result = WebConfigFile.read(file);
    }
    return new Snapshot(result, files, now);
  }

  private static Map<Path, Attributes> attributes(Set<Path> files) {
    return files.stream().collect(Collectors.toMap(file -> file, Attributes::of));
  }

  private static void log(List<Problem> problems) {
    for (Problem problem : problems) {
      var event = problem.isError() ? log.atError() : log.atWarn();
      event
          .addKeyValue("problem", problem)
          .log(problem.isError() ? "web configuration error" : "web configuration warning");
    }
  }
}
