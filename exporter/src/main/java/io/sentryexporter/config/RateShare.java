package io.sentryexporter.config;

import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Location;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The key `share` of `rate_limit`: a number above 0 and at most 1.
final class RateShare {
  /// For collectors, which can wait: the rest is for browsers and other programs.
  static final double HALF = 0.5;

  /// For `prober: http`, of which each probe is a request: what fitted into Sentry's limit before
  /// must fit into it still. The rest is for what is late on the way to Sentry.
  static final double NEARLY_ALL = 0.95;

  private static final Pattern PERCENT =
      Pattern.compile("(?<number>[1-9][0-9]|100|[1-9](?= *%))( *%)?");

  private RateShare() {}

  static @Nullable Double read(String text, Location location) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    var percent = PERCENT.matcher(text);
    if (percent.matches()) {
      double ratio = Integer.parseInt(percent.group("number")) / 100.0;
      location.error(Quoted.of(text) + " is a percentage; write the ratio, " + ratio);
      return null;
    }
    location.error(Quoted.of(text) + " is not a ratio; write a number above 0 and at most 1");
    return null;
  }
}
