package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Programs that some tests need and not every machine has: Prometheus, promtool, Chromium.
public final class RealParts {
  /// Tag of the tests that need some, or more time than `mvn verify` has: continuous integration
  /// runs them once more, with none skipped and all of them whole.
  public static final String TAG = "real-parts";

  private RealParts() {}

  /// The path of an installed program.
  ///
  /// Without it the test is skipped and names what to install; with `-Dreal.parts.required=true`,
  /// as in continuous integration, it fails.
  public static Path program(String name, String debianPackage) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> notInstalled(name, debianPackage));
  }

  /// The Python that Debian's packages are for, with the module of one of them; another Python may
  /// come before it in `PATH`. Without it as above.
  public static Path pythonWith(String module, String debianPackage) {
    Path python = Path.of("/usr/bin/python3");
    return Files.isExecutable(python) && imports(python, module)
        ? python
        : notInstalled("the Python module " + module, debianPackage);
  }

  private static boolean imports(Path python, String module) {
    try {
      return new ProcessBuilder(python.toString(), "-c", "import " + module)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Without a file that a command makes, the test is skipped and names the command; as above.
  public static void require(Path file, String command) {
    if (!Files.exists(file)) {
      missing(file + " is not there; " + command);
    }
  }

  /// Ends a test of minutes as skipped, unless all that need real parts are required, or the
  /// property is set: `mvn verify` is to stay short.
  public static void assumeThereIsTime(String property) {
    if (!Boolean.getBoolean("real.parts.required") && System.getProperty(property) == null) {
      abort("it takes two minutes; -D" + property + " runs it");
    }
  }

  /// The first number, so that `mvn verify` stays short, or the second where all real parts are
  /// required: how many of many alike, or the step from one to the next.
  public static int share(int few, int all) {
    return Boolean.getBoolean("real.parts.required") ? all : few;
  }

  private static Path notInstalled(String name, String debianPackage) {
    return missing(name + " is not installed; apt-get install " + debianPackage);
  }

  private static Path missing(String what) {
    String message = what + " to run this";
    if (Boolean.getBoolean("real.parts.required")) {
      fail(message);
    }
    return abort(message);
  }
}
