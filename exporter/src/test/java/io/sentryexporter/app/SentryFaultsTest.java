package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.fault.Fault.RetryAfterForm;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.SelfSigned;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Faults between the exporter and Sentry: one endpoint fails, and what a probe then returns.
class SentryFaultsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(new Fault.Failure(SentryError.STORAGE_TOO_MANY), "rate_limited", "HTTP 429"),
        Arguments.of(farOff(RetryAfterForm.SECONDS), "rate_limited", "HTTP 429"),
        Arguments.of(farOff(RetryAfterForm.DATE), "rate_limited", "HTTP 429"),
        Arguments.of(new Fault.NginxPage(502), "upstream_5xx", "HTTP 502"),
        Arguments.of(new Fault.HtmlLogin(), "parse", "the answer is text/html, not JSON"),
        Arguments.of(new Fault.Reset(), "connection_closed", "onnection"),
        Arguments.of(new Fault.ResetAfterHeaders(), "connection_closed", "whose status was 200"),
        Arguments.of(
            new Fault.TruncatedBody(), "connection_closed", "before the end of the answer"),
        Arguments.of(new Fault.WrongLength(), "protocol", "cut short"),
        Arguments.of(new Fault.BrokenChunk(), "protocol", "whose status was 200"),
        Arguments.of(new Fault.NotHttp(), "protocol", "HTTP"),
        Arguments.of(new Fault.Huge(1_000_000_000), "too_large", "33554432 bytes"),
        Arguments.of(new Fault.GzipBomb(1_000_000_000), "too_large", "33554432 bytes"),
        Arguments.of(new Fault.RedirectLoop(), "redirect", "redirects more than 1 time"),
        Arguments.of(
            new Fault.RedirectTo(URI.create("http://127.0.0.2:9/")), "redirect", "127.0.0.2"));
  }

  private static Fault farOff(RetryAfterForm form) {
    return new Fault.RetryLater(Duration.ofDays(27_000), form); // the year 2100
  }

  static Stream<Fault> delays() {
    return Stream.of(
        new Fault.RetryLater(Duration.ofSeconds(5), RetryAfterForm.SECONDS),
        new Fault.Drip(1, Duration.ofMillis(100)),
        new Fault.HangAfterHeaders());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anEndpointThatFailsCostsOnlyItsCollectorWhichServesOldDataForAWhile(
      Fault fault, String reason, String told) {
    assertCostsOnlySessions(fault, "60", reason, told);
  }

  @ParameterizedTest
  @MethodSource("delays")
  void anEndpointThatIsTooSlowDoesNotMakeAProbeLate(Fault fault) {
    Eventually.within( // on a slow machine the others may be late as well
        Duration.ofMinutes(2),
        () -> assertCostsOnlySessions(fault, "1.3", "timeout", "not answered yet"));
  }

  private static void assertCostsOnlySessions(
      Fault fault, String scrapeTimeoutSeconds, String reason, String told) {
    try (var scene = scene("    timeout: 1m")) {
      Reply good = scene.probe("acme");
      Scene.assertSucceeded(good);
      scene.advance(Duration.ofMinutes(6));
      scene.fault("sessions", fault);
      long before = scene.requestsTo("sessions");

      Reply bad = scene.probeWithin("acme", scrapeTimeoutSeconds);
      Reply again = scene.probeWithin("acme", scrapeTimeoutSeconds);

      Scene.assertOnlyFailed(bad, "sessions", reason);
      Scene.assertOnlyFailed(again, "sessions", reason);
      assertThat(scene.trace("acme")).contains(told, "request=\"sessions acme\"");
      assertThat(scene.requestsTo("sessions") - before).as("no storm").isBetween(1L, 4L);
      assertThat(sessions(bad)).isNotEmpty().isEqualTo(sessions(good)).isEqualTo(sessions(again));
      assertThat(Scene.age(bad, "sessions")).isBetween(360.0, 420.0);
      assertThat(Scene.age(bad, "outcomes")).isBetween(0.0, 60.0);

      scene.advance(Duration.ofMinutes(19));
      Reply tooOld = scene.probeWithin("acme", scrapeTimeoutSeconds);
      Scene.assertOnlyFailed(tooOld, "sessions", reason);
      assertThat(sessions(tooOld)).isEmpty();
      assertThat(tooOld.text())
          .doesNotContain("sentry_probe_data_age_seconds{collector=\"sessions");
    }
  }

  @Test
  void whenAllFailsAndNothingIsKeptAPageHasNoData() {
    try (var scene = scene("")) {
      scene.sentry().faults().when(_ -> true, new Fault.Reset());

      Reply page = scene.probe("acme");

      assertThat(page.status()).isEqualTo(200);
      assertThat(page.value("sentry_probe_success")).isZero();
      assertThat(Scene.failures(page))
          .hasSize(5)
          .allMatch(line -> line.contains("\"connection_closed\""));
      assertThat(Scene.values(page)).isEmpty();
    }
  }

  @Test
  void aTransientServerErrorIsRetriedAndDoesNotShow() {
    try (var scene = scene("")) {
      scene.sentry().faults().next(1, new Fault.Status(503));

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aRedirectOnTheSameHostIsFollowed() {
    try (var scene = scene("")) {
      scene.fault("sessions", new Fault.RedirectSameHost());

      Scene.assertSucceeded(scene.probe("acme"));
    }
  }

  @Test
  void aRedirectToAnotherHostNeverGetsTheToken() {
    try (var scene = scene("");
        var thief =
            SimulatedSentry.start(
                SimulatedWorld.demo(1), ServerOptions.onLoopback(InstantSource.system()))) {
      scene.fault("sessions", new Fault.RedirectTo(thief.url().resolve("/api/0/")));

      Scene.assertOnlyFailed(scene.probe("acme"), "sessions", "redirect");
      assertThat(thief.requests().total()).isZero();
    }
  }

  @Test
  void aServerThatIsDownIsReportedByItsAddressAndTheOldDataServes() {
    try (var scene = scene("")) {
      Reply good = scene.probe("acme");
      scene.sentry().close();
      scene.advance(Duration.ofMinutes(2));

      Reply page = scene.probe("acme");

      assertThat(page.value("sentry_probe_success")).isZero();
      assertThat(Scene.failures(page)).isNotEmpty().allMatch(line -> line.contains("\"connect\""));
      assertThat(Scene.values(page)).isEqualTo(Scene.values(good));
      assertThat(scene.trace("acme")).contains("127.0.0.1:" + scene.sentry().url().getPort());
    }
  }

  @Test
  void aNameWithoutAnAddressIsDns() {
    assertAllFail(URI.create("http://sentry.invalid"), "dns");
  }

  @Test
  void aCertificateThatNobodyKnowsIsRefused(@TempDir Path folder) {
    try (var untrusted =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(InstantSource.system())
                .withTls(SelfSigned.onLoopback(folder)))) {
      assertAllFail(untrusted.url(), "tls");
      assertThat(untrusted.requests().total()).isZero();
    }
  }

  private static void assertAllFail(URI url, String reason) {
    try (var exporter = RunningExporter.with(RunningExporter.collecting(url, ""))) {
      Reply page = exporter.probe("acme");

      assertThat(page.value("sentry_probe_success")).isZero();
      assertThat(Scene.failures(page))
          .hasSize(5)
          .allMatch(line -> line.contains("reason=\"" + reason + "\""));
      assertThat(Scene.values(page)).isEmpty();
      assertThat(exporter.get("/logs?target=acme").text()).contains(url.getHost());
    }
  }

  private static Scene scene(String settings) {
    return Scene.of(
        SimulatedWorld.demo(1),
        TestClock.ticking(Scene.START),
        settings,
        options -> options.withInstallation(Installation.SELF_HOSTED));
  }

  private static List<String> sessions(Reply page) {
    return Scene.values(page).stream()
        .filter(line -> line.startsWith("sentry_sessions_") || line.startsWith("sentry_users_"))
        .toList();
  }
}
