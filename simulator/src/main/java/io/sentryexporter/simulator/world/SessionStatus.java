package io.sentryexporter.simulator.world;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How a session ended, in Sentry's words; each session ended one way only.
public enum SessionStatus {
  HEALTHY,
  ERRORED,
  CRASHED,
  ABNORMAL;

  private static final Map<String, SessionStatus> BY_LABEL =
      Arrays.stream(values()).collect(toUnmodifiableMap(SessionStatus::label, Function.identity()));

  private final String label = name().toLowerCase(Locale.ROOT);

  static @Nullable SessionStatus parse(String label) {
    return BY_LABEL.get(label);
  }

  public String label() {
    return label;
  }
}
