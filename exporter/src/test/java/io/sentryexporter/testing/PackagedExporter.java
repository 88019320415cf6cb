package io.sentryexporter.testing;

import io.sentryexporter.testing.RunningExporter.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/// The program as users have it, started with its launcher, reached over HTTP.
public final class PackagedExporter implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening\\W+address\\W+(?:\\S*):(\\d+)\"?}?\n");
  private static final Duration START = Duration.ofMinutes(2);

  private final Program program;
  private final int port;

  private PackagedExporter(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /// The distribution that the build has made.
  public static Path distribution() {
    return Path.of(Objects.requireNonNull(System.getProperty("dist.directory"), "run by failsafe"));
  }

  /// Starts the distribution that the build has made, on a free port of loopback, and waits until
  /// it listens.
  public static PackagedExporter start(Path work, String... arguments) {
    return start(distribution(), work, System.getenv(), arguments);
  }

  /// The same with another distribution, in this environment only.
  public static PackagedExporter start(
      Path distribution, Path work, Map<String, String> environment, String... arguments) {
    var command = new ArrayList<>(List.of(distribution.resolve("sentry_exporter").toString()));
    command.addAll(List.of(arguments));
    return start(work, environment, command);
  }

  /// The same with another command that starts it, to which the address is added unless it is
  /// there.
  public static PackagedExporter start(
      Path work, Map<String, String> environment, List<String> command) {
    var whole = new ArrayList<>(command);
    if (whole.stream().noneMatch(part -> part.startsWith("--web.listen-address="))) {
      whole.add("--web.listen-address=127.0.0.1:0");
    }
    var program = Program.start(work, environment, whole);
    try {
      return new PackagedExporter(
          program, Integer.parseInt(program.awaitOutput(LISTENING, START).group(1)));
    } catch (RuntimeException | AssertionError e) {
      program.close();
      throw e;
    }
  }

  public Program program() {
    return program;
  }

  /// `127.0.0.1` and its port.
  public String authority() {
    return "127.0.0.1:" + port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  public Reply get(String path, String... headers) {
    return Fetch.get("http://" + authority() + path, headers);
  }

  public Reply post(String path) {
    return Fetch.send("POST", "http://" + authority() + path, "");
  }

  @Override
  public void close() {
    program.close();
  }
}
