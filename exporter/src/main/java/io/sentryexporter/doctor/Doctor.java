package io.sentryexporter.doctor;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.http.HttpClient;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Examines an installation from its files to first data, as a list of steps.
///
/// A step that fails ends the examination of its server, and of nothing else. All steps together
/// take a minute at most.
public final class Doctor {
  private static final Duration LONGEST = Duration.ofSeconds(55);
  private static final Duration LONGEST_STEP = Duration.ofSeconds(10);

  private final Installation installation;
  private final Parts parts;
  private final long endNanos;

  /// What is examined.
  ///
  /// @param configFile where the configuration is, if it is a file
  /// @param read the configuration as it was read
  /// @param hasTokenInEnvironment whether the token may be the environment's
  /// @param environmentFaults what in the environment keeps the exporter from starting
  /// @param webConfig null for none
  /// @param storage folder for state that outlives the process
  /// @param isStorageNamed whether the exporter refuses to start without it
  /// @param module to be examined alone; null for all
  /// @param targets to probe; empty for those that are found
  public record Installation(
      Path configFile,
      Config.Result read,
      boolean hasTokenInEnvironment,
      List<String> environmentFaults,
      @Nullable Path webConfig,
      Path storage,
      boolean isStorageNamed,
      @Nullable String module,
      List<String> targets) {
    public Installation {
      environmentFaults = List.copyOf(environmentFaults);
      targets = List.copyOf(targets);
    }
  }

  /// The exporter's own parts, with which it is examined.
  ///
  /// @param clients makes the client of an instance that the configuration does not have
  public record Parts(
      ActiveConfig active,
      HttpClient http,
      Function<Instance, SentryClient> clients,
      Probes probes,
      ExporterMetrics metrics,
      TimeSource time) {}

  /// One step; it finds nothing if an earlier one has made it pointless.
  public record Step(String subject, String name, Duration longest, Check check) {
    Step(String subject, String name, Check check) {
      this(subject, name, LONGEST_STEP, check);
    }
  }

  /// Examines one thing.
  @FunctionalInterface
  public interface Check {
    void run(Finding.Made found, Deadline deadline) throws InterruptedException;
  }

  public Doctor(Installation installation, Parts parts) {
    this.installation = installation;
    this.parts = parts;
    this.endNanos = parts.time().nanoTime() + LONGEST.toNanos();
  }

  /// All steps, in the order in which they are to be run.
  public List<Step> steps() {
    var steps = new ArrayList<Step>(new FileChecks(installation).steps());
    if (installation.read().config() == null || !installation.environmentFaults().isEmpty()) {
      return steps; // with neither the right servers nor the right way to them
    }
    Config config = parts.active().config();
    List<Module> modules =
        config.modules().values().stream().filter(module -> isWanted(module.name())).toList();
    Map<String, ServerChecks> servers = new LinkedHashMap<>();
    config
        .instances()
        .forEach((name, instance) -> {
          List<SentryModule> readers = readers(name, modules);
          if (installation.module() == null || !readers.isEmpty()) {
            SentryClient client = Objects.requireNonNull(parts.active().sentries().get(name));
            servers.put(name, ServerChecks.ofInstance(instance, client, readers, parts));
          }
        });
    servers.values().forEach(server -> steps.addAll(server.steps()));
    for (Module module : modules) {
      switch (module) {
        case SentryModule sentry -> {
          var server = Objects.requireNonNull(servers.get(sentry.instance()));
          steps.addAll(new ModuleChecks(sentry, server, targets(sentry), parts).steps());
        }
        case HttpModule http -> {
          var server = ServerChecks.ofModule(http, parts);
          steps.addAll(server.steps());
          steps.addAll(new ModuleChecks(http, server, targets(http), parts).steps());
        }
        case Module.UnknownProber unknown ->
            steps.add(
                new Step(
                    "module " + unknown.name(),
                    "prober",
                    (found, _) ->
                        found.failure(
                            "unknown prober \"%s\", so every probe is refused"
                                .formatted(unknown.prober()),
                            "write prober: sentry, or prober: http")));
      }
    }
    return steps;
  }

  /// Runs a step.
  public List<Finding> run(Step step) throws InterruptedException {
    long started = parts.time().nanoTime();
    var left = Duration.ofNanos(endNanos - started);
    var found = new Finding.Made(step.subject(), step.name());
    if (!left.isPositive()) {
      found.skipped("no time is left for it; run doctor with --module");
      return found.findings();
    }
    var longest = left.compareTo(step.longest()) < 0 ? left : step.longest();
    try (var deadline = parts.time().deadline(longest)) {
      step.check().run(found, deadline);
    }
    var took = Duration.ofNanos(parts.time().nanoTime() - started);
    var findings = new ArrayList<>(found.findings());
    if (!findings.isEmpty() && findings.getFirst().took().isZero()) {
      Finding first = findings.getFirst();
      findings.set(
          0,
          new Finding(
              first.subject(), first.step(), first.grade(), first.text(), first.fix(), took));
    }
    return findings;
  }

  private boolean isWanted(String module) {
    return installation.module() == null || installation.module().equals(module);
  }

  private static List<SentryModule> readers(String instance, List<Module> modules) {
    var readers = new ArrayList<SentryModule>();
    for (Module module : modules) {
      if (module instanceof SentryModule sentry && sentry.instance().equals(instance)) {
        readers.add(sentry);
      }
    }
    return readers;
  }

  /// The named targets are for the named module, or for that of probes without one.
  private List<String> targets(Module module) {
    boolean isMeant = installation.module() != null || module.name().equals(Config.DEFAULT_MODULE);
    return isMeant ? installation.targets() : List.of();
  }
}
