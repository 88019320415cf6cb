package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A program that was started; killed, with what it started itself, when closed.
public final class Program implements AutoCloseable {
  /// No input, for programs that want none.
  public static final Path NO_INPUT = Path.of("/dev/null");

  /// Gives a program every signal, also where this build was started with nohup.
  private static final List<String> WITH_ALL_SIGNALS = List.of("/usr/bin/env", "--default-signal");

  private final Process process;
  private final Path out;
  private final Path err;

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Starts a program in this environment and no other.
  ///
  /// @param work where it runs, and where its output goes
  public static Program start(Path work, Map<String, String> environment, List<String> command) {
    return start(work, NO_INPUT, environment, command);
  }

  private static Program start(
      Path work, Path input, Map<String, String> environment, List<String> command) {
    try {
      Path out = Files.createTempFile(work, "stdout", ".txt");
      Path err = Files.createTempFile(work, "stderr", ".txt");
      var builder =
          new ProcessBuilder(Stream.concat(WITH_ALL_SIGNALS.stream(), command.stream()).toList())
              .directory(work.toFile())
              .redirectInput(input.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new Program(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a program in the environment of this process.
  public static Program start(Path work, Object... command) {
    return start(work, System.getenv(), texts(command));
  }

  /// Runs a program to its end, with a file as its standard input, and asserts that it succeeds.
  ///
  /// @return what it wrote, of both kinds
  public static String read(Path input, Path work, Object... command) {
    try (var program = start(work, input, System.getenv(), texts(command))) {
      int code = program.exitCode(Duration.ofMinutes(5));
      assertThat(code).as("%s%s", program.out(), program.err()).isZero();
      return program.out() + program.err();
    }
  }

  /// What it has written to standard output.
  public String out() {
    return text(out);
  }

  /// What it has written to standard error.
  public String err() {
    return text(err);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// Waits until its output, of both kinds, matches somewhere; fails if it ends before.
  public Matcher awaitOutput(Pattern pattern, Duration limit) {
    var matcher =
        Eventually.within(
            limit,
            () -> {
              boolean ended = !process.isAlive();
              var found = pattern.matcher(out() + err());
              if (found.find() || ended) {
                return found;
              }
              throw new AssertionError("no " + pattern + " in:\n" + out() + err());
            });
    assertThat(matcher.reset().find())
        .as("%s in the output of a program that ended:\n%s%s", pattern, out(), err())
        .isTrue();
    return matcher;
  }

  /// Sends a signal, named without `SIG`.
  public void signal(String name) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      assertThat(status).as("exit code of kill -%s", name).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits for its end.
  public int exitCode(Duration limit) {
    try {
      assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
          .as("ends within %s; its output:\n%s%s", limit, out(), err())
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// It goes first: nginx, for one, starts others for those that are killed.
  @Override
  public void close() {
    var all = Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
  }

  private static List<String> texts(Object... command) {
    return Arrays.stream(command).map(Object::toString).toList();
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
