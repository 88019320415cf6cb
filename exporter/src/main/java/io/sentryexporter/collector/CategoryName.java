package io.sentryexporter.collector;

import io.sentryexporter.text.Misspelling;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.Location;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the name of a data category in the configuration.
///
/// Sentry gets new categories without notice, so an unknown name is only a warning.
final class CategoryName {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,49}");

  /// Names that Sentry folds into `error` and never returns.
  private static final List<String> ERRORS = List.of("default", "security");

  /// All other names that Relay has, its `DataCategory`.
  private static final List<String> KNOWN =
      List.of(
          "error",
          "transaction",
          "transaction_indexed",
          "transaction_processed",
          "span",
          "span_indexed",
          "attachment",
          "attachment_item",
          "session",
          "profile",
          "profile_indexed",
          "profile_duration",
          "profile_duration_ui",
          "profile_chunk",
          "profile_chunk_ui",
          "profile_backend",
          "profile_ui",
          "replay",
          "replay_video",
          "monitor",
          "monitor_seat",
          "log_item",
          "log_byte",
          "trace_metric",
          "trace_metric_byte",
          "metric_bucket",
          "metric_second",
          "feedback",
          "uptime",
          "seer_autofix",
          "seer_scanner",
          "seer_user",
          "prevent_user",
          "prevent_review",
          "size_analysis",
          "installable_build");

  private CategoryName() {}

  static @Nullable String read(String text, Location location) {
    if (!FORM.matcher(text).matches()) {
      location.error(
          Quoted.of(text) + " is not a category; write a category of Sentry, such as error");
      return null;
    }
    if (ERRORS.contains(text)) {
      location.warn(Quoted.of(text) + " is counted by Sentry as error; write \"error\"");
    } else if (!KNOWN.contains(text)) {
      String instead =
          Misspelling.closest(text, KNOWN)
              .map(closest -> "did you mean \"" + closest + "\"?")
              .orElse("leave it if Sentry has it");
      location.warn(Quoted.of(text) + " is a category not known here; " + instead);
    }
    return text;
  }

  /// The unit of a quantity. It depends on the category, and no family mixes two units.
  enum Unit {
    /// The item that the category is named for: errors, transactions, spans, replays, …
    EVENTS(1),
    BYTES(1),
    /// Sentry counts them in milliseconds.
    SECONDS(1_000);

    private final int perUnit;

    Unit(int perUnit) {
      this.perUnit = perUnit;
    }

    /// The unit of a category, known or new, derived from its name.
    static Unit of(String category) {
      if (category.equals("attachment") || category.endsWith("_byte")) {
        return BYTES;
      }
      return category.startsWith("profile_duration") ? SECONDS : EVENTS;
    }

    /// Converts a quantity from Sentry's unit.
    double in(long quantity) {
      return (double) quantity / perUnit;
    }
  }
}
