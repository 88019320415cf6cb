package io.sentryexporter.endtoend;

import static io.sentryexporter.endtoend.UnpackedTarball.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the packaged program does on signals: reload and an orderly end.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignalsIT {
  private static final Pattern STARTING = Pattern.compile("starting sentry_exporter");
  private static final Pattern RELOADED = Pattern.compile("configuration reloaded");

  private UnpackedTarball tarball;
  private SimulatedSentry sentry;
  private Path work;

  @BeforeAll
  void unpack(@TempDir Path folder) throws IOException {
    tarball = UnpackedTarball.in(folder);
  }

  @BeforeEach
  void startSentry(@TempDir Path folder) throws IOException {
    work = folder;
    sentry = UnpackedTarball.sentry();
    Files.writeString(work.resolve("sentry_exporter.yml"), config());
  }

  @AfterEach
  void stopSentry() {
    sentry.close();
  }

  @Test
  void theConfigurationIsReloadedOnSighupAndOnPost() throws IOException {
    try (var exporter = tarball.start(work)) {
      Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("sentry:", "hup:"));
      exporter.program().signal("HUP");
      Eventually.within(
          PATIENCE, () -> assertThat(exporter.get("/config").text()).contains("hup:"));
      Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("sentry:", "post:"));
      assertThat(exporter.post("/-/reload").status()).isEqualTo(200);
      assertThat(exporter.get("/config").text()).contains("post:").doesNotContain("hup:");
      assertThat(exporter.get("/probe?target=acme/web&module=post").value("sentry_probe_success"))
          .isEqualTo(1);
    }
  }

  @Test
  void aChangedFileIsLoadedWithoutARequestIfWanted() throws IOException {
    String[] flags = {"--config.enable-auto-reload", "--config.auto-reload-interval=1"};
    try (var exporter = tarball.start(work, flags)) {
      Files.writeString(work.resolve("sentry_exporter.yml"), config().replace("sentry:", "auto:"));
      Eventually.within(
          PATIENCE, () -> assertThat(exporter.get("/config").text()).contains("auto:"));
      assertThat(exporter.get("/probe?target=acme/web&module=auto").value("sentry_probe_success"))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "TERM"})
  void aSignalThatComesBeforeItServesIsHeeded(String signal) {
    var command = List.of(tarball.launcher(), "--web.listen-address=127.0.0.1:0");
    try (var program = Program.start(work, tarball.environment(), command)) {
      program.awaitOutput(STARTING, PATIENCE);
      program.signal(signal);
      if (signal.equals("HUP")) {
        program.awaitOutput(RELOADED, PATIENCE);
        program.signal("TERM");
      }
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.err()).contains("msg=stopped");
    }
  }

  @Test
  void aSignalThatTheProcessWasStartedToIgnoreIsLogged() {
    var ignoring = "trap '' HUP; exec \"$0\" --web.listen-address=127.0.0.1:0";
    var command = List.of("/bin/sh", "-c", ignoring, tarball.launcher());
    try (var program = Program.start(work, tarball.environment(), command)) {
      program.awaitOutput(Pattern.compile("signal ignored.* signal=SIGHUP"), PATIENCE);
      program.signal("HUP");
      program.signal("TERM");
      assertThat(program.exitCode(PATIENCE)).isZero();
      assertThat(program.err()).contains("msg=stopped").doesNotContain("configuration reloaded");
    }
  }

  @Test
  void onSigtermAProbeUnderWayIsAnsweredWhole() throws Exception {
    var release = new CountDownLatch(1);
    sentry.faults().next(1, new Fault.Held(release));
    try (var exporter = tarball.start(work)) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      exporter.program().signal("TERM");
      Eventually.within(PATIENCE, () -> assertThat(isReady(exporter)).isFalse());
      release.countDown();
      Reply reply = probe.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(reply.value("sentry_probe_success")).isEqualTo(1);
      assertThat(reply.value("sentry_probe_data_age_seconds{collector=\"http\"}")).isNotNegative();
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      assertThat(exporter.program().err()).contains("msg=stopped");
    }
  }

  @Test
  void aProbeThatDoesNotEndIsCancelledAndAnsweredAfterSigterm() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var exporter = tarball.start(work)) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      Reply reply = probe.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(reply.value("sentry_probe_success")).isZero();
      assertThat(reply.text()).contains("reason=\"cancelled\"");
      assertThat(exporter.program().err()).doesNotContain("cut off").contains("msg=stopped");
    }
  }

  @Test
  void aSecondSigtermEndsItAtOnce() throws Exception {
    sentry.faults().next(1, new Fault.Hang());
    try (var exporter = tarball.start(work)) {
      var probe = Aside.run(() -> exporter.get("/probe?target=acme/web"));
      assertThat(sentry.requests().awaitTotal(1, PATIENCE)).isTrue();
      exporter.program().signal("TERM");
      Eventually.within(PATIENCE, () -> assertThat(isReady(exporter)).isFalse());
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isEqualTo(1);
      assertThat(probe).failsWithin(PATIENCE);
    }
  }

  private static boolean isReady(PackagedExporter exporter) {
    try {
      return exporter.get("/-/ready").status() == 200;
    } catch (UncheckedIOException _) {
      return false; // it listens no more
    }
  }

  private String config() {
    return RunningExporter.patient(RunningExporter.projects(sentry.url()));
  }
}
