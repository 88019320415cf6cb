package io.sentryexporter.probe;

import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.UnknownProberModule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What `/probe` was asked for, read and found good; or [Refused].
public sealed interface ProbeRequest {
  /// The module where none is named.
  String DEFAULT_MODULE = "sentry";

  /// A probe that can be run, on the configuration it was read with.
  record Accepted(String target, HttpModule module, Duration timeout) implements ProbeRequest {}

  /// A request with a bad parameter: what is wrong with it, for the one who asked.
  ///
  /// @param unknownModule whether it named a module that is not configured
  record Refused(String message, boolean unknownModule) implements ProbeRequest {}

  /// Reads the parameters of a probe, each null where it is not given.
  ///
  /// @param scrapeTimeout the header `X-Prometheus-Scrape-Timeout-Seconds`
  /// @param timeoutOffset what is left of the scrape's timeout for the way back
  static ProbeRequest read(
      @Nullable String target,
      @Nullable String module,
      @Nullable String scrapeTimeout,
      Duration timeoutOffset,
      Config config) {
    if (target == null || target.isEmpty()) {
      return refused("Target parameter is missing");
    }
    String name = module == null || module.isEmpty() ? DEFAULT_MODULE : module;
    Module configured = config.modules().get(name);
    if (configured == null) {
      return new Refused("Unknown module " + quoted(name), true);
    }
    Duration scrape = ProbeTimeout.scrapeTimeout(scrapeTimeout);
    if (scrape == null) {
      return refused(
          "X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds: "
              + quoted(String.valueOf(scrapeTimeout)));
    }
    return switch (configured) {
      case UnknownProberModule unknown -> refused("Unknown prober " + quoted(unknown.prober()));
      case HttpModule http -> {
        String path = target.replace("%2F", "/").replace("%2f", "/"); // encoded twice by the client
        String fault = HttpTarget.fault(path);
        yield fault == null
            ? new Accepted(path, http, ProbeTimeout.of(http.timeout(), scrape, timeoutOffset))
            : refused("Target " + quoted(target) + " " + fault);
      }
    };
  }

  private static Refused refused(String message) {
    return new Refused(message, false);
  }

  /// As Go's `%q` writes a text: the old exporters' form.
  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .limit(200)
        .forEach(point -> {
          switch (point) {
            case '"' -> quoted.append("\\\"");
            case '\\' -> quoted.append("\\\\");
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            default -> {
              if (Character.isISOControl(point)) {
                quoted.append(String.format("\\x%02x", point));
              } else {
                quoted.appendCodePoint(point);
              }
            }
          }
        });
    return quoted.append('"').toString();
  }
}
