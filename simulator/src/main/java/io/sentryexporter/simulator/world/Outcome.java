package io.sentryexporter.simulator.world;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What became of an event, in Sentry's words.
public enum Outcome {
  ACCEPTED,
  FILTERED,
  RATE_LIMITED,
  INVALID,
  ABUSE,
  CLIENT_DISCARD,
  CARDINALITY_LIMITED;

  private static final Map<String, Outcome> BY_LABEL =
      Arrays.stream(values()).collect(toUnmodifiableMap(Outcome::label, Function.identity()));

  private final String label = name().toLowerCase(Locale.ROOT);

  public static @Nullable Outcome parse(String label) {
    return BY_LABEL.get(label);
  }

  public String label() {
    return label;
  }
}
