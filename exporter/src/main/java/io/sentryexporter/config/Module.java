package io.sentryexporter.config;

import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Key;
import io.sentryexporter.yaml.Location;
import io.sentryexporter.yaml.YamlMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A module: how to probe, selected by `?module=`.
public sealed interface Module permits SentryModule, HttpModule, Module.UnknownProber {
  Key<String> PROBER =
      Key.text(
          "prober",
          "<prober>",
          "Prober of the module: `sentry`, with collectors; or `http`, like the old exporters, with"
              + " one GET of `prefix`, the target and `/stats/`. A module with another prober is"
              + " loaded, with a warning, and its probes are answered with 400.",
          "",
          Module::checkProber);

  Key<Duration> TIMEOUT =
      Key.duration(
          "timeout",
          "Maximum duration of a probe, such as `5s`. The scrape's own timeout wins when it is"
              + " smaller. Absent, 0 or negative: only the scrape's.");

  /// Zero: no limit of its own, only that of the scrape.
  Duration timeout();

  String name();

  /// The prober as the file names it.
  String prober();

  /// As `/config` shows it: defaults filled in, nothing secret.
  Map<String, ?> toYaml();

  /// The timeout of a module that is being read.
  static Duration timeout(YamlMap yaml) {
    Duration timeout = yaml.get(TIMEOUT);
    return timeout.isNegative() ? Duration.ZERO : timeout;
  }

  private static String checkProber(String prober, Location location) {
    if (!prober.equals(SentryModule.PROBER_NAME) && !prober.equals(HttpModule.PROBER_NAME)) {
      String instead =
          Misspelling.closest(prober, List.of(HttpModule.PROBER_NAME, SentryModule.PROBER_NAME))
              .map(meant -> "did you mean " + Quoted.of(meant) + "?")
              .orElse("write sentry or http");
      if (prober.equals("https")) {
        instead += " The URL of prefix determines whether TLS is used";
      }
      location.warn(
          Quoted.of(prober)
              + " is no prober; every probe will be refused, and the other keys are not checked; "
              + instead);
    }
    return prober;
  }

  /// A module whose prober does not exist; its probes are refused one by one.
  ///
  /// @param prober as the file names it; empty if it names none
  record UnknownProber(String name, String prober) implements Module {
    @Override
    public Duration timeout() {
      return Duration.ZERO;
    }

    @Override
    public Map<String, ?> toYaml() {
      return Map.of(PROBER.name(), prober);
    }
  }
}
