package io.sentryexporter.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The packaged program under attacks on its connections: `/metrics` answers all the while, and
/// afterwards everything is as before.
///
/// The promise is an answer within a second. The attackers, Sentry and the exporter share the cores
/// of the machine with what else it does: where more threads than cores wanted to run in the minute
/// before the attack, or before its end (the load average), the limit is longer in that proportion,
/// and one request in fifty may miss it. The numbers are reported.
@Tag(RealParts.TAG)
class LoadIT {
  private static final Duration PROMISED = Duration.ofSeconds(1);
  private static final Duration ATTACK = Duration.ofMinutes(2);
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final String SECONDS = "10";
  private static final int IDLE = 20_000;
  private static final int IDLE_PROCESSES = 4;

  @AutoClose private final SimulatedSentry sentry = TestSentry.start(InstantSource.system());

  @TempDir Path work = Path.of("");
  @AutoClose private PackagedExporter exporter;

  /// Threads that wanted to run before the attack, per core.
  private double busy;

  /// What a request of `/metrics` got.
  ///
  /// @param isWhole false if the connection was closed before its answer
  private record Try(Duration time, boolean isWhole) {}

  @BeforeEach
  void start() throws IOException {
    RealParts.assumeThereIsTime("load.tests");
    Files.writeString(
        work.resolve("sentry_exporter.yml"), RunningExporter.collecting(sentry.url(), ""));
    exporter = PackagedExporter.start(work);
    assertThat(exporter.get("/probe?target=acme").value("sentry_probe_success")).isOne();
    requests(50); // for Java's compiler
    busy = busyNow();
  }

  @ParameterizedTest
  @CsvSource({
    "slow headers, -H -i 1 -x 20, /metrics, GET",
    "slow bodies, -B -i 1 -s 60000 -x 20, /probe?target=acme, POST",
    "slow reading, -X -w 1 -y 2 -n 1 -z 5 -k 3, /probe?target=acme, GET",
    "many ranges, -R -a 1 -b 3000, /metrics, GET",
  })
  void slowClientsKeepNobodyOut(
      String attack, String mode, String path, String method, TestReporter reporter)
      throws Exception {
    Path slowhttptest = RealParts.program("slowhttptest", "slowhttptest");
    var command = new ArrayList<Object>(List.of(slowhttptest));
    command.addAll(List.of(mode.split(" ", -1)));
    command.addAll(
        List.of("-c", "2000", "-r", "200", "-l", SECONDS, "-p", "2", "-t", method, "-u"));
    command.add("http://" + exporter.authority() + path);
    try (var attacker = Program.start(work, command.toArray())) {
      var tries = whileIt(() -> attacker.exitCode(ATTACK));
      assertThat(attacker.out() + attacker.err()).as("the attack ran").contains("slow HTTP");
      assertAnswered(attack, tries, reporter);
    }
    assertRecovered();
  }

  @Test
  void twentyThousandIdleConnectionsKeepNobodyOut(TestReporter reporter) throws Exception {
    Path python = RealParts.program("python3", "python3");
    Path script = Path.of("exporter/src/test/resources/endtoend/idle.py").toAbsolutePath();
    var attackers = new ArrayList<Program>();
    try {
      String[] address = exporter.authority().split(":", -1);
      for (int i = 0; i < IDLE_PROCESSES; i++) {
        String source = "127.0.0." + (i + 2); // each has its own ephemeral ports
        attackers.add(
            Program.start(
                work, python, script, address[0], address[1], IDLE / IDLE_PROCESSES, source));
      }
      var tries =
          whileIt(() -> {
            for (Program attacker : attackers) {
              attacker.awaitOutput(Pattern.compile("open: " + IDLE / IDLE_PROCESSES), ATTACK);
            }
          });
      tries.addAll(requests(100));
      assertAnswered("idle connections", tries, reporter);
    } finally {
      attackers.forEach(Program::close);
    }
    assertRecovered();
  }

  @Test
  void aStormOfScrapesKeepsNobodyOut(TestReporter reporter) throws Exception {
    Path wrk = RealParts.program("wrk", "wrk");
    String url = "http://" + exporter.authority() + "/probe?target=acme";
    try (var storm = Program.start(work, wrk, "-t", 1, "-c", 100, "-d", SECONDS + "s", url)) {
      var tries = whileIt(() -> storm.exitCode(ATTACK));
      assertThat(storm.out()).containsPattern("[1-9]\\d* requests in");
      reporter.publishEntry("storm", storm.out());
      assertAnswered("storm of scrapes", tries, reporter);
    }
    assertRecovered();
  }

  /// How long requests of `/metrics` take, one after the other, each on a connection of its own,
  /// until something has ended.
  private List<Try> whileIt(Runnable attack) throws Exception {
    var ended = new CountDownLatch(1);
    var tries =
        Aside.run(() -> {
          var all = new ArrayList<Try>();
          while (!ended.await(20, TimeUnit.MILLISECONDS)) {
            all.addAll(requests(1));
          }
          return all;
        });
    try {
      attack.run();
    } finally {
      ended.countDown();
    }
    return tries.get();
  }

  private List<Try> requests(int number) {
    var tries = new ArrayList<Try>();
    for (int i = 0; i < number; i++) {
      long begun = System.nanoTime();
      boolean isWhole = answer().startsWith("HTTP/1.1 200 ");
      tries.add(new Try(Duration.ofNanos(System.nanoTime() - begun), isWhole));
    }
    return tries;
  }

  /// An answer of `/metrics`; empty if the connection was closed before.
  private String answer() {
    int port = Integer.parseInt(exporter.authority().split(":", -1)[1]);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) ATTACK.toMillis());
      var request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketException _) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double busyNow() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system.getSystemLoadAverage() / system.getAvailableProcessors();
  }

  private void assertAnswered(String attack, List<Try> tries, TestReporter reporter) {
    double most = Math.max(1, Math.max(busy, busyNow()));
    var limit = Duration.ofMillis(Math.round(PROMISED.toMillis() * most));
    var times = tries.stream().map(Try::time).sorted().toList();
    long missed =
        tries.stream().filter(one -> !one.isWhole() || one.time().compareTo(limit) > 0).count();
    String numbers =
        "/metrics: %d requests, median %d ms, slowest %d ms, %d closed or over the limit of %d ms"
            .formatted(
                times.size(),
                times.get(times.size() / 2).toMillis(),
                times.getLast().toMillis(),
                missed,
                limit.toMillis());
    reporter.publishEntry(attack, numbers);
    assertThat(missed).as(numbers).isLessThanOrEqualTo(Math.ceilDiv(tries.size(), 50));
  }

  /// Asserts that probes succeed, and that the attack's connections are gone.
  private void assertRecovered() {
    assertThat(exporter.get("/probe?target=acme").value("sentry_probe_success")).isOne();
    Eventually.within(
        RECOVERY,
        () -> {
          var own = exporter.get("/metrics");
          assertThat(own.value("process_open_fds")).isLessThan(200);
        });
    assertThat(exporter.program().err()).doesNotContain("level=ERROR");
  }
}
