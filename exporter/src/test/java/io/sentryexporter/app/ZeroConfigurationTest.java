package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.ConfigSource;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No configuration file: the environment's token is enough, and without one nothing breaks.
class ZeroConfigurationTest {
  private final TestClock clock = new TestClock(Scene.START);
  @AutoClose private final SimulatedSentry sentry = TestSentry.start(clock);

  @TempDir private Path folder;

  @Test
  void theEnvironmentsTokenIsConfigurationEnough() {
    try (var exporter = start(Map.of("SENTRY_AUTH_TOKEN", SimulatedSentry.TOKEN))) {
      assertThat(exporter.get("/-/ready").status()).isEqualTo(200);
      assertThat(exporter.probe("acme").value("sentry_probe_success")).isOne();
      assertThat(exporter.probe("acme/web").value("sentry_probe_success")).isOne();
      assertThat(exporter.get("/config").text())
          .contains("url: " + sentry.url(), "auth_token: <secret>", "prober: sentry")
          .doesNotContain(SimulatedSentry.TOKEN);
    }
  }

  @Test
  void theFileOfATokenIsConfigurationEnough() throws IOException {
    var token = Files.writeString(folder.resolve("token"), SimulatedSentry.TOKEN + "\n");
    try (var exporter = start(Map.of("SENTRY_AUTH_TOKEN_FILE", token.toString()))) {
      assertThat(exporter.probe("acme").value("sentry_probe_success")).isOne();
    }
  }

  @Test
  void withoutATokenItServesIsNotReadyAndShowsHowToGoOn() {
    try (var exporter = start(Map.of())) {
      var ready = exporter.get("/-/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertNamesTheWays(ready.text());
      var probe = exporter.probe("acme");
      assertThat(probe.status()).isEqualTo(503);
      assertNamesTheWays(probe.text());
      assertNamesTheWays(exporter.get("/").text());
      assertThat(exporter.get("/").text()).containsOnlyOnce("sentry_exporter demo");
      assertNamesTheWays(exporter.log());
      assertThat(exporter.get("/-/healthy").status()).isEqualTo(200);
      assertThat(exporter.get("/metrics").status()).isEqualTo(200);
      assertThat(exporter.get("/config").text()).isEqualTo("modules: {}\n");
    }
  }

  @Test
  void aReloadWithAFileMakesItReady() throws IOException {
    try (var exporter = start(Map.of())) {
      Files.writeString(file(), RunningExporter.collecting(sentry.url(), ""));

      assertThat(exporter.app().reload()).isEmpty();

      assertThat(exporter.get("/-/ready").status()).isEqualTo(200);
      assertThat(exporter.probe("acme").value("sentry_probe_success")).isOne();
    }
  }

  @Test
  void aFileThatIsLostIsNoWishToHaveNone() throws IOException {
    Files.writeString(file(), RunningExporter.collecting(sentry.url(), ""));
    try (var exporter = start(Map.of())) {
      Files.delete(file());

      assertThat(exporter.app().reload()).singleElement().asString().contains("no such file");

      assertThat(exporter.probe("acme").value("sentry_probe_success")).isOne();
    }
  }

  private RunningExporter start(Map<String, String> variables) {
    var environment = new HashMap<>(variables);
    environment.put("SENTRY_URL", sentry.url().toString());
    return RunningExporter.from(new ConfigSource(file(), false, environment), clock);
  }

  private Path file() {
    return folder.resolve("sentry_exporter.yml");
  }

  private static void assertNamesTheWays(String text) {
    assertThat(text).contains("SENTRY_AUTH_TOKEN", "sentry_exporter.yml", "sentry_exporter demo");
  }
}
