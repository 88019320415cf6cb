package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sentryexporter.server.RawClient;
import io.sentryexporter.testing.Fetch;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Pki;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Where the packaged program listens, under which paths, and what it logs.
class WebFlagsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern TWO_ADDRESSES =
      Pattern.compile("listening address=(\\S+)\n(?s:.*)listening address=(\\S+)\n");

  @TempDir Path work = Path.of("");

  @BeforeEach
  void configure() throws IOException {
    // nobody listens on port 9, so that every probe fails
    Files.writeString(
        work.resolve("sentry_exporter.yml"),
        RunningExporter.module("sentry", "http://127.0.0.1:9/api/0/projects/"));
  }

  @Test
  void itListensOnSeveralAddressesAlsoOfIpv6() throws IOException {
    assumeTrue(hasIpv6(), "this machine has no IPv6");
    String launcher = PackagedExporter.distribution().resolve("sentry_exporter").toString();
    try (var program =
        Program.start(
            work, launcher, "--web.listen-address=[::1]:0", "--web.listen-address=127.0.0.1:0")) {
      var addresses = program.awaitOutput(TWO_ADDRESSES, PATIENCE);
      assertThat(addresses.group(1)).matches("\\[(::1|0:0:0:0:0:0:0:1)]:\\d+");
      assertThat(addresses.group(2)).startsWith("127.0.0.1:");
      for (int i = 1; i <= 2; i++) {
        String url = "http://" + addresses.group(i);
        assertThat(Fetch.get(url + "/-/healthy").text()).isEqualTo("Healthy\n");
        assertThat(Fetch.get(url + "/probe?target=acme/web").value("sentry_probe_success"))
            .isZero();
      }
      program.signal("TERM");
      assertThat(program.exitCode(PATIENCE)).isZero();
    }
  }

  /// Java decides on that once in a process, which one of the unit tests has others decide.
  @Test
  void aClientMayNotNegotiateTlsAgain() throws IOException {
    Path pki = Pki.FOLDER.toAbsolutePath();
    Files.writeString(
        work.resolve("web.yml"),
        "tls_server_config: {cert_file: %s, key_file: %s}"
            .formatted(pki.resolve("server.pem"), pki.resolve("server.key")));
    try (var exporter = PackagedExporter.start(work, "--web.config.file=web.yml");
        var plain = Pki.plain(exporter.address());
        var socket = Pki.over(plain, null, ours -> ours.setProtocols(new String[] {"TLSv1.2"}))) {
      var client = new RawClient(socket);
      assertThat(client.get("/-/healthy").answer().code()).isEqualTo(200);
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                client.get("/-/healthy").answer();
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void behindARoutePrefixEveryPathHasIt() {
    try (var exporter = PackagedExporter.start(work, "--web.route-prefix=/sentry/")) {
      assertThat(exporter.get("/").status()).isEqualTo(302);
      assertThat(exporter.get("/sentry").status()).isEqualTo(302);
      assertThat(exporter.get("/metrics").status()).isEqualTo(404);
      for (String path : List.of("", "metrics", "config", "-/healthy", "-/ready")) {
        assertThat(exporter.get("/sentry/" + path).status()).as(path).isEqualTo(200);
      }
      assertThat(exporter.get("/sentry/probe?target=acme/web").value("sentry_probe_success"))
          .isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--web.external-url=https://proxy.example/prom/sentry/, /prom/sentry, /prom/sentry",
    "--web.external-url=https://proxy.example/prom/sentry --web.route-prefix=/, /prom/sentry, ''",
    "--web.external-url=https://proxy.example --web.route-prefix=/in, '', /in"
  })
  void behindAProxyLinksLeadToTheExternalUrlAndPastItARedirectToTheRoutes(
      String flags, String external, String route) {
    try (var exporter = PackagedExporter.start(work, flags.split(" ", -1))) {
      exporter.get(route + "/probe?target=acme/web");
      String page = exporter.get(route + "/").text();
      assertThat(page)
          .contains("href=\"" + external + "/metrics\"")
          .contains("href=\"" + external + "/logs?id=1\"")
          .contains("action=\"" + external + "/probe\"");
      if (!route.isEmpty()) {
        Reply redirect = exporter.get("/");
        assertThat(redirect.status()).isEqualTo(302);
        assertThat(redirect.header("Location")).isEqualTo(route + "/");
      }
    }
  }

  @Test
  void theOwnMetricsHaveAPathOfChoice() {
    try (var exporter = PackagedExporter.start(work, "--web.telemetry-path=/own")) {
      assertThat(exporter.get("/own").value("sentry_exporter_config_last_reload_successful"))
          .isEqualTo(1);
      assertThat(exporter.get("/metrics").status()).isEqualTo(404);
      assertThat(exporter.get("/").text()).contains("href=\"/own\"");
    }
  }

  @Test
  void theOffsetIsTakenOffTheScrapesTimeout() {
    try (var exporter = PackagedExporter.start(work, "--timeout-offset=1.5")) {
      String path = "/probe?target=acme/web&debug=true";
      assertThat(exporter.get(path, "X-Prometheus-Scrape-Timeout-Seconds", "3").text())
          .startsWith("Logs for the probe (timeout 1.5 s):\n");
    }
  }

  @Test
  void asManyProbesAreKeptAsConfiguredAndAsManyFailuresInAddition() {
    try (var exporter = PackagedExporter.start(work, "--history.limit=1")) {
      for (int i = 0; i < 3; i++) {
        exporter.get("/probe?target=acme/web");
      }
      assertThat(exporter.get("/logs?id=1").status()).isEqualTo(404);
      assertThat(exporter.get("/logs?id=2").status()).isEqualTo(200);
      assertThat(exporter.get("/logs?id=3").status()).isEqualTo(200);
    }
  }

  @Test
  void jsonLogsAreOneObjectALine() {
    try (var exporter =
        PackagedExporter.start(
            work, "--log.format=json", "--log.level=debug", "--log.prober=debug")) {
      exporter.get("/probe?target=acme/%22%0Aweb");
      exporter.get("/probe?target=acme/%C3%BC%22web");
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      var lines = exporter.program().err().lines().toList();
      assertThat(lines).hasSizeGreaterThan(4);
      var json = new JsonMapper();
      for (String line : lines) {
        var entry = json.readTree(line);
        assertThat(entry.path("time").asString()).as(line).endsWith("Z");
        assertThat(entry.path("level").asString()).isIn("DEBUG", "INFO", "WARN");
        assertThat(entry.path("msg").asString()).isNotEmpty();
      }
      assertThat(lines)
          .extracting(line -> json.readTree(line).path("target").asString())
          .contains("acme/ü\"web");
    }
  }

  @Test
  void theLevelsDecideWhatIsLogged() {
    assertThat(logOf("--log.level=info"))
        .contains("msg=listening")
        .doesNotContain("probe failed")
        .doesNotContain("level=DEBUG");
    assertThat(logOf("--log.prober=info")).contains("probe failed").doesNotContain("level=DEBUG");
    assertThat(logOf("--log.prober=debug")).contains("sending request to sentry");
    assertThat(logOf("--log.level=debug"))
        .contains("request to sentry ended")
        .doesNotContain("probe failed");
  }

  private String logOf(String flag) {
    try (var exporter = PackagedExporter.start(work, flag)) {
      assertThat(exporter.get("/probe?target=acme/web").status()).isEqualTo(200);
      exporter.program().signal("TERM");
      assertThat(exporter.program().exitCode(PATIENCE)).isZero();
      return exporter.program().err();
    }
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
  }
}
