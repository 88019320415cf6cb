package io.sentryexporter.collector;

import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import java.time.Duration;
import java.util.List;

/// Settings that more than one collector has.
final class CommonKeys {
  static final Key<Epoch> EPOCH =
      Key.oneOf(
          "epoch",
          "<epoch>",
          "From when the counters count: the start of the UTC `month` or `day`. They begin anew"
              + " with it. `day` bounds what a wrong answer of Sentry can do, and loses at each"
              + " midnight what Sentry reports later than two minutes after it.",
          List.of(Epoch.MONTH, Epoch.DAY),
          Epoch::label);

  /// Retention of Sentry.
  private static final Duration LONGEST_WINDOW = Duration.ofDays(90);

  private CommonKeys() {}

  /// Windows of whole hours.
  static Key<List<Duration>> windows(String name, String help, List<Duration> byDefault) {
    return window(name, help)
        .list()
        .where(
            windows -> windows.size() <= 5 && windows.stream().distinct().count() == windows.size(),
            "more than 5 windows, or one twice; write fewer")
        .byDefault(byDefault);
  }

  /// A window of whole hours.
  static Key<Duration> window(String name, String help) {
    return Key.duration(name, help)
        .where(
            window ->
                window.compareTo(Duration.ofHours(1)) >= 0
                    && window.compareTo(LONGEST_WINDOW) <= 0
                    && window.equals(Duration.ofHours(window.toHours())),
            "not a whole number of hours from 1h to 2160h; write 1h, 24h or 168h");
  }

  /// The label of a window, as the configuration writes it.
  static String label(Duration window) {
    return DurationText.of(window);
  }
}
