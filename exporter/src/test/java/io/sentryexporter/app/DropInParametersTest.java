package io.sentryexporter.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The parameters of `/probe`, as the old exporters' users give them.
class DropInParametersTest {
  @AutoClose private final Scene scene = Scene.http();
  private final RunningExporter exporter = scene.exporter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/probe",
        "/probe?",
        "/probe?target=",
        "/probe?target",
        "/probe?target=a;b",
        "/probe?module=sentry"
      })
  void withoutATargetTheAnswerIs400(String path) {
    Reply reply = exporter.get(path);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Target parameter is missing\n");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void aQueryThatCannotBeDecodedHasNoTarget() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      String request = "GET /probe?target=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("\r\n\r\nTarget parameter is missing\n");
    }
  }

  @Test
  void aTargetInTheBodyOfAPostIsNotRead() {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + "/probe"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("target=acme/web"))
            .build();
    assertThat(exporter.send(request).text()).isEqualTo("Target parameter is missing\n");
  }

  @Test
  void ofSeveralTargetsTheFirstCounts() {
    exporter
        .get("/probe?target=acme/web&target=acme/api")
        .assertReceived(scene.received("acme", "web"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&module=", "&module=sentry"})
  void withoutAModuleItIsSentry(String parameter) {
    exporter
        .get("/probe?target=acme/web" + parameter)
        .assertReceived(scene.received("acme", "web"));
  }

  @Test
  void anUnknownModuleIs400WithItsNameInQuotes() {
    Reply reply = exporter.get("/probe?target=acme/web&module=a%22b%0A%C3%BC%01");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Unknown module \"a\\\"b\\nü\\u0001\"; known: \"sentry\"\n");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(exporter.get("/metrics").value("sentry_exporter_module_unknown_total")).isEqualTo(1);
    exporter.get("/probe");
    assertThat(exporter.get("/metrics").value("sentry_exporter_probes_refused_total")).isEqualTo(2);
    assertThat(linesWith("probe refused"))
        .first()
        .asString()
        .contains("target=acme/web error=\"Unknown module ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Unknown module \"sentry\", for the probe names none; known: \"b\", \"a\"",
        "&module=sentry | Unknown module \"sentry\"; known: \"b\", \"a\"",
      })
  void anUnknownModuleIs400WithThoseThatThereAre(String parameter, String text) {
    exporter.reload(
        """
        modules:
          b: {prober: http, http: {prefix: 'http://127.0.0.1:9/x/'}}
          a: {prober: http, http: {prefix: 'http://127.0.0.1:9/x/'}}
        """);
    Reply reply = exporter.get("/probe?target=acme/web" + parameter);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo(text + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{prober: lag} | lag", "{prober: HTTP} | HTTP", "{timeout: 5s} | ''", " | ''"})
  void anUnknownProberIs400AtTheProbe(String module, String prober) {
    exporter.reload("modules:\n  sentry: " + (module == null ? "" : module) + "\n");
    Reply reply = exporter.probe("acme/web");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).isEqualTo("Unknown prober \"" + prober + "\"\n");
  }

  @Test
  void debugShowsTheTraceTheMetricsAndTheModuleWithoutItsToken() {
    Reply reply = exporter.get("/probe?target=acme/web&debug=true");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text())
        .startsWith("Logs for the probe (timeout 60.0 s):\ntime=")
        .contains("msg=\"probe succeeded\"")
        .contains("Metrics that would have been returned:\n# HELP ")
        .contains("\nsentry_probe_success 1.0\n")
        .contains("Module configuration:\n")
        .contains("Authorization: <secret>")
        .doesNotContain("simulated-api-token");
  }

  private List<String> linesWith(String text) {
    return exporter.log().lines().filter(line -> line.contains(text)).toList();
  }
}
