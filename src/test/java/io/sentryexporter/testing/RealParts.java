package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Programs that some tests need and not every machine has: Prometheus, promtool, Chromium.
public final class RealParts {
  private RealParts() {}

  /// The path of an installed program.
  ///
  /// Without it the test is skipped, saying what to install; with `-Dreal.parts.required=true`, as
  /// in continuous integration, it fails.
  public static Path program(String name, String debianPackage) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> missing(name, debianPackage));
  }

  private static Path missing(String name, String debianPackage) {
    var message = name + " is not installed; apt-get install " + debianPackage + " to run this";
    if (Boolean.getBoolean("real.parts.required")) {
      fail(message);
    }
    return abort(message);
  }
}
