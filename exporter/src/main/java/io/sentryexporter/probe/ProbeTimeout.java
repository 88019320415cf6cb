package io.sentryexporter.probe;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The timeout of a probe: the module's timeout or the scrape's own minus an offset, whichever is
/// smaller, as in blackbox_exporter; never longer than two minutes.
public final class ProbeTimeout {
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
      if (seconds.signum() < 0 || seconds.compareTo(LONGEST_SECONDS) > 0 || seconds.scale() > 30) {
        return null;
      }
      long nanos = seconds.movePointRight(9).longValue();
      return Duration.ofNanos(seconds.signum() > 0 ? Math.max(1, nanos) : 0);
    } catch (NumberFormatException | ArithmeticException _) {
      return null;
    }
  }
}
