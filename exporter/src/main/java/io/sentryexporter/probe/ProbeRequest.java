package io.sentryexporter.probe;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.http.Header;
import io.sentryexporter.probe.HttpProber.HttpTarget;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.text.Printable;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request to `/probe`, read and checked; or [Refused].
public sealed interface ProbeRequest {
  /// Maximum length of a parameter, in characters.
  int LONGEST_QUOTED = 200;

  /// Maximum number of modules listed in the answer to a request for an unknown one.
  int MOST_NAMED = 20;

  /// A probe that can run, with the configuration it was read with.
  sealed interface Accepted extends ProbeRequest {
    String target();

    Module module();

    Duration timeout();

    /// Hides secrets of the configuration. Those that are read for a request are known only to
    /// package `sentry`, whose messages contain none, and to [HttpProber].
    SecretRedactor redactor();
  }

  /// A probe of `prober: http`.
  record OfHttp(String target, HttpModule module, Duration timeout) implements Accepted {
    @Override
    public SecretRedactor redactor() {
      return Header.redactor(module.headers());
    }
  }

  /// A probe of `prober: sentry`.
  ///
  /// @param sentry client of the instance
  record OfSentry(
      Target asked, SentryModule module, Instance instance, SentryClient sentry, Duration timeout)
      implements Accepted {
    @Override
    public String target() {
      return asked.toString();
    }

    @Override
    public SecretRedactor redactor() {
      return instance.credentials() instanceof Credentials.Token(Secret token)
          ? SecretRedactor.ofHeaders(List.of(token))
          : SecretRedactor.NONE;
    }
  }

  /// A request that is refused, with the reason for the client.
  record Refused(String message, Fault fault) implements ProbeRequest {}

  /// Why a request is refused.
  enum Fault {
    PARAMETER,
    UNKNOWN_MODULE,
    /// Nothing is configured; the request is not at fault.
    NOTHING_CONFIGURED
  }

  /// Reads the parameters of a probe, each null where it is not given.
  ///
  /// @param scrapeTimeout the header `X-Prometheus-Scrape-Timeout-Seconds`
  /// @param timeoutOffset part of the scrape's timeout that is reserved for returning the answer
  /// @param active what the probe is to run on
  static ProbeRequest read(
      @Nullable String target,
      @Nullable String module,
      @Nullable String scrapeTimeout,
      Duration timeoutOffset,
      ActiveConfig active) {
    Config config = active.config();
    if (config.isNothing()) {
      return new Refused(
          "Nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN),
          Fault.NOTHING_CONFIGURED);
    }
    if (target == null || target.isEmpty()) {
      return refused("Target parameter is missing");
    }
    String name = moduleName(module);
    Module configured = config.modules().get(name);
    if (configured == null) {
      return new Refused(
          "Unknown module " + quoted(name) + known(config.modules().keySet(), module),
          Fault.UNKNOWN_MODULE);
    }
    Duration scrape = ProbeTimeout.scrapeTimeout(scrapeTimeout);
    if (scrape == null) {
      return refused(
          "X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds: "
              + quoted(String.valueOf(scrapeTimeout)));
    }
    Duration timeout = ProbeTimeout.of(configured.timeout(), scrape, timeoutOffset);
    String path = target.replace("%2F", "/").replace("%2f", "/"); // encoded twice by the client
    if (configured instanceof SentryModule sentry) {
      return ofSentry(path, sentry, active, timeout);
    }
    if (!(configured instanceof HttpModule http)) {
      return refused("Unknown prober " + quoted(configured.prober()));
    }
    String fault = HttpTarget.fault(path);
    return fault == null
        ? new OfHttp(path, http, timeout)
        : refused("Target " + quoted(target) + " " + fault);
  }

  /// The module that the request names, or the default.
  static String moduleName(@Nullable String parameter) {
    return parameter == null || parameter.isEmpty() ? Config.DEFAULT_MODULE : parameter;
  }

  private static ProbeRequest ofSentry(
      String path, SentryModule module, ActiveConfig active, Duration timeout) {
    Target target = Target.parse(path);
    if (target == null) {
      return refused(
          "Target "
              + quoted(path)
              + " is neither organization nor organization/project; write their slugs or ids as in"
              + " Sentry's URLs: letters, digits and -, in projects also _ and .");
    }
    Instance instance = Objects.requireNonNull(active.config().instances().get(module.instance()));
    SentryClient sentry = Objects.requireNonNull(active.sentries().get(module.instance()));
    return new OfSentry(target, module, instance, sentry, timeout);
  }

  /// The modules that exist instead. A module `sentry` that the request did not name is one that
  /// nobody has configured.
  private static String known(Set<String> names, @Nullable String parameter) {
    String known =
        names.stream()
            .limit(MOST_NAMED)
            .map(ProbeRequest::quoted)
            .collect(Collectors.joining(", "));
    return (parameter == null || parameter.isEmpty() ? ", for the probe names none" : "")
        + "; known: "
        + known
        + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "");
  }

  private static Refused refused(String message) {
    return new Refused(message, Fault.PARAMETER);
  }

  private static String quoted(String text) {
    int end =
        text.offsetByCodePoints(0, Math.min(LONGEST_QUOTED, text.codePointCount(0, text.length())));
    return Printable.quoted(text.substring(0, end));
  }

  /// The timeout of a probe: the module's timeout or the scrape's own minus an offset, whichever is
  /// smaller, as in blackbox_exporter; never longer than two minutes.
  public static final class ProbeTimeout {
    /// Upper limit for any client and module, so that clients of a server that hangs do not hold
    /// every connection for a day.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(86_400);

    private ProbeTimeout() {}

    /// The timeout.
    ///
    /// Where the offset exceeds the scrape's timeout, half of that timeout is used, or the module's
    /// if it is smaller: a probe that must fail at once is useless.
    ///
    /// @param module zero or less for none
    /// @param scrape zero for none
    public static Duration of(Duration module, Duration scrape, Duration offset) {
      Duration whole = scrape.isZero() || scrape.compareTo(LONGEST) > 0 ? LONGEST : scrape;
      Duration left = whole.minus(offset);
      Duration most = left.isPositive() ? left : whole.dividedBy(2);
      return module.isPositive() && module.compareTo(most) < 0 ? module : most;
    }

    /// The header `X-Prometheus-Scrape-Timeout-Seconds`: a decimal number, zero where it is absent.
    ///
    /// @return null if it is no number from 0 to a day
    public static @Nullable Duration scrapeTimeout(@Nullable String header) {
      if (header == null || header.isBlank()) {
        return Duration.ZERO;
      }
      try {
        if (header.length() > 40) {
          return null;
        }
        var seconds = new BigDecimal(header.strip());
        if (seconds.signum() < 0
            || seconds.compareTo(LONGEST_SECONDS) > 0
            || seconds.scale() > 30) {
          return null;
        }
        long nanos = seconds.movePointRight(9).longValue();
        return Duration.ofNanos(seconds.signum() > 0 ? Math.max(1, nanos) : 0);
      } catch (NumberFormatException | ArithmeticException _) {
        return null;
      }
    }
  }
}
