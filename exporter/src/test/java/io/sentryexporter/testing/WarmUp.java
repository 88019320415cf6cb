package io.sentryexporter.testing;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Runs a test a few times without a scheduler of threads, then a few times one thread after the
/// other, and only then in the orders that are wanted.
///
/// Fray, the scheduler, does not see which thread waits for the initialisation of a class; and it
/// repeats an order only from where that has begun: with all classes initialised.
public final class WarmUp {
  private static final int TIMES = 5;

  private WarmUp() {}

  /// Takes the class and the method of the test, a folder for reports, the scheduler's class, and
  /// the scheduler's arguments.
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Class<?> test = Class.forName(arguments[0]);
    for (int i = 0; i < TIMES; i++) {
      test.getMethod(arguments[1]).invoke(test.getConstructor().newInstance());
    }
    Method scheduler = Class.forName(arguments[3]).getMethod("main", String[].class);
    var common =
        List.of(
            "--run-config=cli",
            "--clazz=" + arguments[0],
            "--method=" + arguments[1],
            "--no-reset-class-loader");
    String warm = Path.of(arguments[2], "warm").toString();
    run(scheduler, common, List.of("--iter=" + TIMES, "--scheduler=fifo", "-o", warm));
    run(scheduler, common, Arrays.asList(arguments).subList(4, arguments.length));
  }

  private static void run(Method main, List<String> common, List<String> others)
      throws ReflectiveOperationException {
    Object all = Stream.concat(common.stream(), others.stream()).toArray(String[]::new);
    main.invoke(null, all);
  }
}
