package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.RawClient;
import io.sentryexporter.server.RawClient.Answer;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What pages of other sites can make a browser do to an exporter that it reaches.
class BrowserAttacksTest {
  private static final String GOOD = RunningExporter.module("sentry", "http://127.0.0.1:9/api/0/");
  private static final List<String> FOR_PEOPLE =
      List.of("/", "/config", "/logs?id=1", "/probe?target=acme/web&debug=true");
  private static final List<String> FOR_PROGRAMS =
      List.of("/metrics", "/probe?target=acme/web", "/-/healthy", "/-/ready");

  /// One answer to a request with these header lines, on a connection of its own.
  private static Answer send(RunningExporter exporter, String line, String... headers)
      throws IOException {
    try (var client = new RawClient("127.0.0.1", exporter.port())) {
      String head = String.join("\r\n", headers);
      return client.send(line + " HTTP/1.1\r\n" + head + "\r\n\r\n").answer();
    }
  }

  private static RunningExporter behind(String origin) {
    return RunningExporter.with(GOOD, web -> web.at("", origin, ""));
  }

  private static RunningExporter with(Set<WebSettings.Part> parts) {
    return RunningExporter.with(GOOD, web -> web.withParts(parts));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9412",
        "localhost.evil.example",
        "127.0.0.1.evil.example:9412",
        "evil.localhost",
        "10.0.0.1",
        "0.0.0.0:9412",
        "[2001:db8::1]:9412",
        "localhost,evil.example",
        ":9412",
        ""
      })
  void onLoopbackPagesForPeopleAreNotServedUnderAnotherName(String host) throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      for (String path : FOR_PEOPLE) {
        Answer answer = send(exporter, "GET " + path, "Host: " + host);
        assertThat(answer.code()).as(path).isEqualTo(403);
        assertThat(answer.body())
            .startsWith("the Host header is \"" + host + "\", which is no name of this exporter")
            .contains("--web.external-url");
      }
      assertThat(send(exporter, "POST /-/reload", "Host: " + host).code()).isEqualTo(403);
      for (String path : FOR_PROGRAMS) {
        assertThat(send(exporter, "GET " + path, "Host: " + host).code()).as(path).isEqualTo(200);
      }
      assertThat(exporter.log()).doesNotContain("msg=\"configuration reloaded\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:1234",
        "localhost.",
        "127.0.0.1",
        "127.1.2.3:80",
        "[::1]:9412",
        "[::ffff:127.0.0.1]"
      })
  void onLoopbackPagesAreServedUnderLocalhostAndAddressesOfLoopback(String host)
      throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.probe("acme/web");
      for (String path : FOR_PEOPLE) {
        assertThat(send(exporter, "GET " + path, "Host: " + host).code()).as(path).isEqualTo(200);
      }
      assertThat(send(exporter, "POST /-/reload", "Host: " + host).code()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://prom.example, prom.example, 200",
    "https://prom.example, PROM.example:443, 200",
    "https://prom.example:8443, prom.example:8443, 200",
    "https://prom.example, localhost:9412, 200",
    "https://prom.example, evil.example, 403",
    "https://prom.example, xprom.example, 403",
    "https://[2001:db8::7]:8443, [2001:db8::7]:8443, 200",
  })
  void behindAnExternalUrlItsHostIsAName(String origin, String host, int status)
      throws IOException {
    try (var exporter = behind(origin)) {
      assertThat(send(exporter, "GET /config", "Host: " + host).code()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, '', evil.example, 200",
    "0.0.0.0, https://prom.example, evil.example, 403",
    "0.0.0.0, https://prom.example, prom.example, 200",
    "0.0.0.0, https://prom.example, 10.0.0.1:9412, 200",
    "'', https://prom.example, '[2001:db8::1]:9412', 200",
    "'', https://prom.example, evil.example, 403",
    "localhost, '', evil.example, 403",
    "localhost, '', localhost, 200",
    "127.0.0.2, '', 127.0.0.2:9412, 200",
    "127.0.0.2, '', evil.example, 403",
  })
  void theListenAddressDecidesWhetherTheHostIsChecked(
      String address, String origin, String host, int status) throws IOException {
    try (var exporter = RunningExporter.on(address, GOOD, web -> web.at("", origin, ""));
        var client =
            new RawClient(address.startsWith("127") ? address : "127.0.0.1", exporter.port())) {
      client.send("GET /config HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(client.answer().code()).isEqualTo(status);
    }
  }

  @Test
  void theHostOfAnAbsoluteTargetStandsForTheHeader() throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      Answer other = send(exporter, "GET http://evil.example/config", "Host: localhost");
      assertThat(other.code()).isEqualTo(403);
      assertThat(other.body()).contains("\"evil.example\"");
      Answer own = send(exporter, "GET http://localhost/config", "Host: evil.example");
      assertThat(own.code()).isEqualTo(200);
    }
  }

  @Test
  void aRequestWithSeveralHostsOrNoneIsNotServed() throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      assertThat(send(exporter, "GET /config", "Host: localhost", "Host: evil.example").code())
          .isEqualTo(400);
      try (var client = new RawClient("127.0.0.1", exporter.port())) {
        client.send("GET /config HTTP/1.0\r\n\r\n");
        assertThat(client.answer().code()).isEqualTo(403);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: ",
        "Origin: http://localhost",
        "Origin: http://localhost:94",
        "Origin: http://127.0.0.1:9412.evil.example",
        "Origin: http://evil.example://localhost:9412",
        "Origin: http://evil.example@localhost:9412",
        "Origin: http://localhost:9412, http://localhost:9412",
        "Origin: http://localhost:9412\r\nOrigin: https://evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:9412"
      })
  void aPageOfAnotherSiteCannotReload(String headers) throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      Answer answer = send(exporter, "POST /-/reload", "Host: localhost:9412", headers);
      assertThat(answer.code()).isEqualTo(403);
      assertThat(answer.body())
          .startsWith("a page of another site may not reload the configuration")
          .contains("--web.external-url");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: no browser",
        "Origin: http://localhost:9412",
        "Origin: HTTP://LOCALHOST:9412",
        "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:9412",
        "Sec-Fetch-Site: none"
      })
  void itsOwnPagesAndProgramsReload(String headers) throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      assertThat(send(exporter, "POST /-/reload", "Host: localhost:9412", headers).code())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://prom.example, 127.0.0.1:9412, https://prom.example, 200",
    "https://prom.example, prom.example, https://prom.example, 200",
    "https://prom.example, prom.example:443, https://prom.example, 200",
    "https://prom.example, 127.0.0.1:9412, http://prom.example, 403",
    "https://prom.example, 127.0.0.1:9412, https://prom.example:8443, 403",
    "https://prom.example, 127.0.0.1:9412, https://evil.example, 403",
    "https://prom.example, prom.example, https://x.prom.example, 403",
    "https://prom.example:8443, 127.0.0.1:9412, https://prom.example:8443, 200",
  })
  void behindAProxyPagesOfTheExternalUrlReload(
      String external, String host, String origin, int status) throws IOException {
    try (var exporter = behind(external)) {
      Answer answer = send(exporter, "POST /-/reload", "Host: " + host, "Origin: " + origin);
      assertThat(answer.code()).isEqualTo(status);
    }
  }

  @Test
  void whereTheHostIsNotCheckedTheOriginIs() throws IOException {
    try (var exporter = RunningExporter.on("0.0.0.0", GOOD, UnaryOperator.identity())) {
      assertThat(
              send(exporter, "POST /-/reload", "Host: a.example", "Origin: http://b.example")
                  .code())
          .isEqualTo(403);
    }
  }

  @Test
  void aFormOfAnotherSiteThatProbesChangesNothing() throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      String config = exporter.get("/config").text();
      try (var client = new RawClient("127.0.0.1", exporter.port())) {
        client.send(
            """
            POST /probe?target=acme/web HTTP/1.1\r
            Host: 127.0.0.1\r
            Origin: https://evil.example\r
            Sec-Fetch-Site: cross-site\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: 44\r
            \r
            target=other/project&module=other&debug=true\
            """);
        Answer answer = client.answer();
        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.body()).contains("sentry_probe_success 0.0").doesNotContain("Logs for");
        assertThat(answer.headers()).noneMatch(header -> header.startsWith("Access-Control"));
      }
      assertThat(exporter.get("/config").text()).isEqualTo(config);
      assertThat(exporter.get("/logs?target=acme/web").status()).isEqualTo(200);
      assertThat(exporter.get("/logs?target=other/project").status()).isEqualTo(404);
    }
  }

  @Test
  void noAnswerLetsAnotherSiteReadIt() throws IOException {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.probe("acme/web");
      for (String path : all()) {
        for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "DELETE")) {
          Reply reply = exporter.send(method, path, "Origin", "https://evil.example");
          assertThat(reply.http().headers().map().keySet())
              .as("%s %s", method, path)
              .noneMatch(name -> name.startsWith("access-control"));
          assertThat(reply.header("X-Content-Type-Options")).as(path).isEqualTo("nosniff");
        }
      }
    }
  }

  private static List<String> all() {
    return Stream.of(FOR_PEOPLE, FOR_PROGRAMS, List.of("/-/reload", "/nothing"))
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void whatABrowserShowsLoadsNothingAndStandsInNoFrame() {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.probe("acme/web");
      for (String path : FOR_PEOPLE) {
        Reply page = exporter.get(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.http().headers().allValues("Content-Security-Policy"))
            .as(path)
            .singleElement()
            .asString()
            .startsWith("default-src 'none'; ")
            .contains("base-uri 'none'", "form-action '")
            .endsWith("; frame-ancestors 'none'")
            .doesNotContain("unsafe", "script");
        assertThat(page.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(page.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
      }
      Reply refused = exporter.send("POST", "/-/reload", "Origin", "null");
      assertThat(refused.header("X-Frame-Options")).isEqualTo("DENY");
    }
  }

  @Test
  void withoutTheLifecycleNobodyReloadsOverHttp() throws IOException {
    try (var exporter = with(EnumSet.of(WebSettings.Part.DEBUG_PAGES))) {
      Reply reply = exporter.send("POST", "/-/reload");
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.text())
          .startsWith("Lifecycle API is not enabled. ")
          .contains("--no-web.enable-lifecycle");
      assertThat(exporter.get("/").text()).doesNotContain("/-/reload");
      exporter.reload("modules: [");
      assertThat(exporter.get("/metrics").value("sentry_exporter_config_last_reload_successful"))
          .isZero();
    }
  }

  @Test
  void withoutDebugPagesNoneIsServedOrLinked() {
    try (var exporter = with(EnumSet.of(WebSettings.Part.LIFECYCLE))) {
      exporter.probe("acme/web");
      for (String path :
          List.of(
              "/config",
              "/logs?id=1",
              "/logs?target=acme/web",
              "/probe?target=acme/web&debug=true",
              "/probe?target=acme/web&d%65bug=%74rue")) {
        Reply reply = exporter.get(path);
        assertThat(reply.status()).as(path).isEqualTo(403);
        assertThat(reply.text())
            .isEqualTo("Debug pages are not enabled. Start without --no-web.enable-debug-pages.\n");
      }
      assertThat(exporter.get("/").text())
          .contains("acme/web", "action=\"/probe\"")
          .doesNotContain("/config", "/logs", "debug");
      assertThat(exporter.probe("acme/web").status()).isEqualTo(200);
      assertThat(exporter.send("POST", "/-/reload").status()).isEqualTo(200);
    }
  }
}
