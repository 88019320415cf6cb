package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The paths other than `/probe`: methods, pages, reload.
class DropInRoutesTest {
  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @ParameterizedTest
  @CsvSource({
    "GET, /probe?target=acme/web, 200",
    "HEAD, /probe?target=acme/web, 200",
    "POST, /probe?target=acme/web, 200",
    "DELETE, /probe?target=acme/web, 405",
    "TRACE, /probe?target=acme/web, 405",
    "GET, /metrics, 200",
    "HEAD, /metrics, 200",
    "POST, /metrics, 405",
    "GET, /, 200",
    "HEAD, /, 200",
    "POST, /, 405",
    "GET, /-/healthy, 200",
    "GET, /-/ready, 200",
    "GET, /-/reload, 405",
    "GET, /probe/, 404",
    "GET, /-/nothing, 404",
    "GET, /favicon.ico, 404",
    "POST, /nothing, 404",
  })
  void eachPathHasItsMethods(String method, String path, int status) {
    Reply reply = exporter.send(method, path);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Allow").isEmpty()).isEqualTo(status != 405);
    if (method.equals("HEAD")) {
      assertThat(reply.http().body()).isEmpty();
      assertThat(Integer.parseInt(reply.header("Content-Length"))).isPositive();
    }
  }

  @Test
  void theLandingPageLinksTheModulesThatAreConfigured() {
    exporter.probe("acme/web");
    String page = exporter.get("/").text();
    assertThat(page)
        .contains("href=\"/probe?target=acme/web&amp;module=sentry\"")
        .doesNotContain("apimutate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/logs",
        "/logs?id=1&target=acme/web",
        "/logs?module=sentry",
        "/logs?id=1&module=sentry"
      })
  void logsAreRequestedByNumberOrByTarget(String path) {
    exporter.probe("acme/web");
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("give either id or target, and module only with target\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/logs?id=1, 200",
    "/logs?target=acme/web, 200",
    "/logs?target=acme/web&module=sentry, 200",
    "/logs?id=2, 404",
    "/logs?id=x, 404",
    "/logs?target=acme/web&module=other, 404"
  })
  void theLogsOfAKeptProbeShowItsSteps(String path, int status) {
    exporter.probe("acme/web");
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text())
        .contains(status == 200 ? "msg=\"probe succeeded\"" : "no such probe is kept");
  }

  @Test
  void theConfigurationInForceIsShownWithoutItsSecrets() {
    Reply reply = exporter.get("/config");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text())
        .startsWith("modules:\n")
        .contains("prefix: " + sentry.url() + "/api/0/projects/")
        .contains("Authorization: <secret>")
        .doesNotContain("simulated-api-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/config", "/logs?id=1", "/metrics", "/probe?target=acme/web"})
  void anAnswerThatMayBeCompressedHasAVaryHeader(String path) {
    exporter.probe("acme/web");
    assertThat(exporter.get(path).http().headers().allValues("Vary")).contains("Accept-Encoding");
  }

  @Test
  void belowARoutePrefixEveryPathIsServedAndLinked() {
    try (var below =
        RunningExporter.with(
            RunningExporter.projects(sentry.url()),
            web -> web.at("/exporter", "", "/seen/by/browsers"))) {
      below.get("/exporter/probe?target=acme/web").assertReceived(scene.received("acme", "web"));
      assertThat(below.get("/exporter/metrics").status()).isEqualTo(200);
      assertThat(below.get("/exporter/").text())
          .contains("action=\"/seen/by/browsers/probe\"")
          .contains("href=\"/seen/by/browsers/logs?id=1\"");
      assertThat(below.get("/exporter").status()).isEqualTo(302);
      assertThat(below.get("/exporter").header("Location")).isEqualTo("/seen/by/browsers/");
      assertThat(below.get("/").header("Location"))
          .as("for one who asks past the proxy")
          .isEqualTo("/exporter/");
      assertThat(below.probe("acme/web").status()).isEqualTo(404);
      assertThat(below.get("/exporterprobe?target=acme/web").status()).isEqualTo(404);
    }
  }

  @Test
  void reloadWantsAPost() {
    Reply reply = exporter.get("/-/reload");
    assertThat(reply.text()).isEqualTo("This endpoint requires a POST request.\n");
    assertThat(reply.header("Allow")).isEqualTo("POST");
  }

  @Test
  void aGoodReloadAnswers200WithAnEmptyBody() {
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "modules: [",
        "module:\n  sentry: {prober: http}\n",
        "modules: {}\n",
        "modules:\n  sentry:\n    prober: http\n    http: {header: {}}\n",
        "modules:\n  sentry:\n    prober: http\n    timeout: 1d\n"
      })
  void aBadReloadAnswers500AndChangesNothing(String yaml) {
    exporter.configure(yaml);
    Reply reply = exporter.send("POST", "/-/reload");
    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.text()).startsWith("failed to reload config: sentry_exporter.yml:");
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
    assertThat(exporter.get("/metrics").value("sentry_exporter_config_last_reload_successful"))
        .isZero();
  }

  @Test
  void theOwnMetricsDescribeTheProcess() {
    assertThat(exporter.get("/metrics").text())
        .contains("sentry_exporter_build_info{")
        .contains("process_start_time_seconds")
        .contains("jvm_memory_used_bytes")
        .contains("sentry_exporter_probes_total{module=\"sentry\"} 0.0")
        .contains("sentry_exporter_probes_failed_total{module=\"sentry\"} 0.0")
        .contains("sentry_exporter_probe_duration_seconds_count{module=\"sentry\"} 0");
  }
}
