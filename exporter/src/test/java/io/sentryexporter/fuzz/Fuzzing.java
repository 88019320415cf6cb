package io.sentryexporter.fuzz;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What Jazzer runs: one target, named by the first of its arguments. `proof/fuzz` starts it.
public final class Fuzzing {
  private static @Nullable FuzzTarget target;

  private Fuzzing() {}

  public static void fuzzerInitialize(String[] arguments) {
    target = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT));
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Objects.requireNonNull(target).check(input);
  }
}
