package io.sentryexporter.simulator.world;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Kinds of data Sentry counts, under Relay's names; a query may name each, the world has traffic
/// in some.
public enum Category {
  DEFAULT,
  ERROR,
  SECURITY,
  TRANSACTION,
  TRANSACTION_PROCESSED,
  TRANSACTION_INDEXED,
  ATTACHMENT(38_211), // bytes
  ATTACHMENT_ITEM,
  SESSION,
  PROFILE,
  PROFILE_INDEXED,
  PROFILE_DURATION(9_000), // milliseconds
  PROFILE_DURATION_UI,
  PROFILE_CHUNK,
  PROFILE_CHUNK_UI,
  PROFILE_BACKEND,
  PROFILE_UI,
  REPLAY,
  REPLAY_VIDEO,
  MONITOR,
  MONITOR_SEAT,
  SPAN,
  SPAN_INDEXED,
  LOG_ITEM,
  LOG_BYTE(412), // bytes
  TRACE_METRIC,
  TRACE_METRIC_BYTE(180), // bytes
  METRIC_BUCKET,
  METRIC_SECOND,
  FEEDBACK,
  UPTIME,
  SEER_AUTOFIX,
  SEER_SCANNER,
  SEER_USER,
  PREVENT_USER,
  PREVENT_REVIEW,
  SIZE_ANALYSIS,
  INSTALLABLE_BUILD;

  private static final Map<String, Category> BY_LABEL =
      Arrays.stream(values()).collect(toUnmodifiableMap(Category::label, Function.identity()));

  private final String label = name().toLowerCase(Locale.ROOT);
  private final int unit;

  Category() {
    this(1);
  }

  Category(int unit) {
    this.unit = unit;
  }

  public static @Nullable Category parse(String label) {
    return BY_LABEL.get(label);
  }

  /// Sentry's word for it in queries and answers.
  public String label() {
    return label;
  }

  /// What one event adds to `sum(quantity)`; 1 unless Sentry counts bytes or milliseconds.
  public int unit() {
    return unit;
  }

  /// True for the three that Sentry shows as `error`.
  public boolean isError() {
    return switch (this) {
      case DEFAULT, ERROR, SECURITY -> true;
      default -> false;
    };
  }

  /// The category under which answers show it.
  public Category shownAs() {
    return isError() ? ERROR : this;
  }

  /// What the noise is drawn from: items and their bytes rise and fall together.
  String stream() {
    return switch (this) {
      case ATTACHMENT_ITEM -> ATTACHMENT.label;
      case LOG_BYTE -> LOG_ITEM.label;
      default -> label;
    };
  }
}
