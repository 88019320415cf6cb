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
/// is a door opened nor a scrape lost.
final class WebConfigReloader implements Supplier<WebConfig> {
  private static final Logger log = LoggerFactory.getLogger(WebConfigReloader.class);

  /// Changes this close to one another may leave the same time at a file, and be parts of one: a
  /// file is emptied before it is written.
  private static final Duration GRAIN = Duration.ofSeconds(2);

  private final Path file;
  private final ExporterMetrics metrics;
  private final InstantSource clock;
  private volatile State state;

  /// What is in force, and what was read last, from files in which state.
  private record State(
      WebConfig config, List<Problem> problems, Map<Path, Attributes> files, Instant read) {
    /// Whether the files are still those that were read.
    boolean isCurrent() {
      return files.entrySet().stream()
          .allMatch(file -> file.getValue().equals(Attributes.of(file.getKey())));
    }

    /// Whether a file may have changed once more without a trace, and would show it now.
    boolean isDueAgain(Instant now) {
      return !now.isBefore(read.plus(GRAIN)) && isFresh(files, read);
    }

    boolean hasErrors() {
      return problems.stream().anyMatch(Problem::isError);
    }
  }

  /// What was read.
  private record Snapshot(WebConfigFile.Result result, Map<Path, Attributes> files, Instant time) {
    State state(WebConfig inForce) {
      return new State(inForce, result.problems(), files, time);
    }

    /// What is in force after reading it: the TLS that was, if there is to be none, or a first one;
    /// and nothing that lets more clients in while a file may be half written.
    WebConfig inForce(WebConfig before) {
      var config = result.config();
      if (config == null) {
        return before;
      }
      boolean hasTls = config.tls() != null;
      if (hasTls != (before.tls() != null)) {
        log.atWarn().log("TLS is switched on and off at a restart only");
        config = config.withTls(before.tls());
      }
      return isFresh(files, time) && isOpener(config, before) ? before : config;
    }

    private static boolean isOpener(WebConfig config, WebConfig before) {
      boolean dropsUsers = config.users().isEmpty() && !before.users().isEmpty();
      return dropsUsers
          || (before.tls() != null
              && config.tls() != null
              && before.tls().isStricterThan(config.tls()));
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
    return read.state(read.result.config());
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
    state = read.state(read.inForce(before.config));
    metrics.webConfigLoaded(!state.hasErrors());
    if (!isCurrent || !state.problems.equals(before.problems)) {
      log(state.problems);
      if (state.hasErrors()) {
        log.atWarn().log("web configuration not reloaded, the old one stays in force");
      } else {
        log.atInfo().addKeyValue("file", file).log("web configuration reloaded");
      }
    }
    return state.config;
  }

  /// Whether a file has changed shortly before.
  private static boolean isFresh(Map<Path, Attributes> files, Instant time) {
    return files.values().stream().anyMatch(file -> file.isAfter(time.minus(GRAIN)));
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
