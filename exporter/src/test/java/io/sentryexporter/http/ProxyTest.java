package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.HttpClient.HttpSettings;
import io.sentryexporter.http.HttpClient.Limits;
import io.sentryexporter.http.HttpFailure.ConnectFailed;
import io.sentryexporter.http.ProxyRules.ProxyException;
import io.sentryexporter.testing.ClosedPort;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.tls.Trust;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Proxies for http URLs, and the rules which requests go through one; tunnels are in [TlsTest].
class ProxyTest {
  @Test
  void anHttpUrlIsSentToTheProxyUnchanged() throws Exception {
    try (var proxy = RawServer.answering(RawServer.ok("ok"));
        var client = through("me:s3cr3t@127.0.0.1:" + proxy.port())) {
      client.get(
          Client.request(URI.create("http://sentry.example/a?b=c"), "Authorization: Bearer t"));
      assertThat(proxy.onlyHead())
          .startsWith("GET http://sentry.example/a?b=c HTTP/1.1\r\nHost: sentry.example\r\n")
          .contains("Authorization: Bearer t\r\n", "Proxy-Authorization: Basic bWU6czNjcjN0\r\n");
    }
  }

  @Test
  void aProxyWithoutPasswordGetsNoAuthorization() throws Exception {
    try (var proxy = RawServer.answering(RawServer.ok("ok"));
        var client = through("http://127.0.0.1:" + proxy.port())) {
      client.get(URI.create("http://sentry.example:8080"));
      assertThat(proxy.onlyHead())
          .startsWith("GET http://sentry.example:8080/ HTTP/1.1\r\nHost: sentry.example:8080\r\n")
          .doesNotContain("Authorization");
    }
  }

  @Test
  void anExceptionIsRequestedDirectly() throws Exception {
    try (var proxy = RawServer.answering(RawServer.ok("proxy"));
        var server = RawServer.answering(RawServer.ok("server"));
        var client =
            new Client(
                new HttpSettings(
                    Limits.STANDARD,
                    Client.USER_AGENT,
                    ProxyRules.fromEnvironment(
                        Map.of(
                            "HTTP_PROXY",
                            "127.0.0.1:" + proxy.port(),
                            "NO_PROXY",
                            "sentry.example")),
                    Trust.SYSTEM),
                _ -> new InetAddress[] {InetAddress.getLoopbackAddress()})) {
      client.get(URI.create("http://sentry.example:" + server.port() + "/"));
      assertThat(proxy.accepted()).isZero();
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 407, 502})
  void aTunnelThatTheProxyRefusesIsAFailedConnectionWithoutStatus(int status) throws Exception {
    try (var proxy =
            RawServer.answering("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
        var client = through("http://me:s3cr3t@127.0.0.1:" + proxy.port())) {
      var failure = client.failure(URI.create("https://sentry.example/"));
      assertThat(failure)
          .isInstanceOf(ConnectFailed.class)
          .hasMessage(
              ("cannot connect to sentry.example:443 through the proxy http://127.0.0.1:%d:"
                      + " it answered with HTTP %d%s")
                  .formatted(
                      proxy.port(),
                      status,
                      status == 407
                          ? "; it does not accept the user and password in proxy_url or HTTPS_PROXY"
                          : ""));
      assertThat(failure.status()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://sentry.example/", "https://sentry.example/"})
  void aProxyThatIsNotThereIsNamedWithWhomItWasFor(String url) throws Exception {
    try (var closed = new ClosedPort();
        var client = through("http://127.0.0.1:" + closed.number())) {
      assertThat(client.failure(URI.create(url)))
          .isInstanceOf(ConnectFailed.class)
          .hasMessageMatching(
              "cannot connect to sentry\\.example:(80|443) through the proxy"
                  + " http://127\\.0\\.0\\.1:"
                  + closed.number()
                  + ": .*");
    }
  }

  @Test
  void aProxyThatHangsUpIsAFailedConnection() throws Exception {
    try (var proxy = RawServer.playing(RawServer.Peer::readHead);
        var client = through("http://127.0.0.1:" + proxy.port())) {
      assertThat(client.failure(URI.create("https://sentry.example/")))
          .isInstanceOf(ConnectFailed.class)
          .hasMessageContaining("through the proxy");
    }
  }

  @Test
  void aProxyThatWantsAPasswordIsReportedWithTheKey() throws Exception {
    try (var proxy = RawServer.answering("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
        var client = through("http://127.0.0.1:" + proxy.port())) {
      assertThat(client.failure(URI.create("https://sentry.example/")))
          .hasMessageEndingWith(
              "it answered with HTTP 407; it wants a user and password: write them in proxy_url,"
                  + " http://user:password@host:port, or in the variable HTTPS_PROXY");
    }
  }

  @Test
  void aProxyGetsItsOwnPasswordAndHeadersWithConnectAndNothingOfTheRequest() throws Exception {
    try (var proxy = RawServer.answering("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n");
        var client = Client.standard()) {
      var settings =
          ClientSettings.ofConnections(
              null,
              ProxyRules.of(URI.create("http://me:s3cr3t@127.0.0.1:" + proxy.port()), ""),
              List.of(new Header("X-Tenant", new Secret("one"))));
      var token = new Header("Authorization", new Secret("Bearer CANARY"));
      var access = new Header("X-Access", new Secret("CANARY"));
      var request =
          new HttpGet(
              URI.create("https://sentry.example/secret?q=1"), List.of(token, access), settings);
      client.failure(request, Client.LONG);
      assertThat(proxy.onlyHead().lines())
          .containsExactly(
              "CONNECT sentry.example:443 HTTP/1.1",
              "Host: sentry.example:443",
              "User-Agent: Sentry-Exporter/1.2.3",
              "Proxy-Authorization: Basic bWU6czNjcjN0",
              "X-Tenant: one",
              "");
    }
  }

  @Test
  void theProxyOfARequestTakesThePlaceOfTheEnvironments() throws Exception {
    try (var environments = RawServer.answering(RawServer.ok("environment's"));
        var own = RawServer.answering(RawServer.ok("own"));
        var client = through("http://127.0.0.1:" + environments.port())) {
      var uri = URI.create("http://sentry.example/");
      assertThat(bodyThrough(client, uri, ProxyRules.of(own.uri(""), ""))).isEqualTo("own");
      assertThat(bodyThrough(client, uri, null)).isEqualTo("environment's");
      assertThat(bodyThrough(client, own.uri("/"), ProxyRules.NONE)).isEqualTo("own");
    }
  }

  private static String bodyThrough(Client client, URI uri, @Nullable ProxyRules rules)
      throws HttpFailure {
    var settings = ClientSettings.ofConnections(null, rules, List.of());
    return new String(client.get(new HttpGet(uri, List.of(), settings)).body(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "'', http://localhost/, false",
    "'', http://127.0.0.1/, false",
    "'', http://sentry.example/, false",
    "x.example, http://localhost/, true",
    "x.example, https://[::1]/, true",
    "x.example, https://x.example/, true",
    "x.example, https://sentry.example/, false",
  })
  void oneProxyIsForAllThatNoProxyDoesNotName(String noProxy, URI uri, boolean isDirect) {
    var rules = ProxyRules.of(URI.create("http://proxy.example:3128"), noProxy);
    assertThat(rules.routeTo(Origin.of(uri)).proxy() == null).isEqualTo(isDirect);
  }

  @Test
  void whatAProxyOfTheEnvironmentIsShownIsHiddenWhereItComesBack() throws Exception {
    var rules =
        ProxyRules.fromEnvironment(
            Map.of("HTTP_PROXY", "me:hunter2@one:1", "HTTPS_PROXY", "https://me:p%40ss%20w7@two"));
    try (var client = new HttpClient(settings(rules), TestTime.real(), Runnable::run)) {
      for (var settings :
          new ClientSettings[] {null, ClientSettings.ofConnections(null, null, List.of())}) {
        var redactor = client.proxyRedactor(settings);
        assertThat(redactor.redactReply("me:hunter2, hunter2, bWU6aHVudGVyMg==, p@ss w7"))
            .isEqualTo("<secret>, <secret>, <secret>, <secret>");
      }
      var none = ClientSettings.ofConnections(null, ProxyRules.NONE, List.of());
      assertThat(client.proxyRedactor(none).redactReply("hunter2")).isEqualTo("hunter2");
    }
  }

  private static HttpSettings settings(ProxyRules rules) {
    return new HttpSettings(Limits.STANDARD, Client.USER_AGENT, rules, Trust.SYSTEM);
  }

  @Test
  void allProxyIsForWhatHasNoProxyOfItsOwn() throws Exception {
    var rules =
        ProxyRules.fromEnvironment(
            Map.of("HTTPS_PROXY", "https:1", "ALL_PROXY", "all:2", "NO_PROXY", "direct.example"));
    assertThat(proxy(rules, "https://sentry.example")).isEqualTo("http://https:1");
    assertThat(proxy(rules, "http://sentry.example")).isEqualTo("http://all:2");
    assertThat(proxy(rules, "http://direct.example")).isEqualTo("none");
    var lower = ProxyRules.fromEnvironment(Map.of("all_proxy", "lower:1"));
    assertThat(proxy(lower, "https://sentry.example")).isEqualTo("http://lower:1");
  }

  @Test
  void socksInAllProxyIsRefusedOnlyWhereItWouldBeUsed() throws Exception {
    var socks = "socks5h://127.0.0.1:1080";
    assertThatThrownBy(() -> ProxyRules.fromEnvironment(Map.of("ALL_PROXY", socks)))
        .hasMessageContaining("ALL_PROXY is not the URL of an HTTP proxy");
    var named =
        ProxyRules.fromEnvironment(
            Map.of("ALL_PROXY", socks, "HTTP_PROXY", "one:1", "HTTPS_PROXY", "two:2"));
    assertThat(proxy(named, "https://sentry.example")).isEqualTo("http://two:2");
  }

  @ParameterizedTest(name = "NO_PROXY={0}: {1} direct: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''                      | http://sentry.example/           | false",
        "*                       | http://sentry.example/           | true",
        "sentry.example          | http://sentry.example/           | true",
        "Sentry.Example          | http://SENTRY.example/           | true",
        "sentry.example          | http://eu.sentry.example/        | true",
        "sentry.example          | http://mysentry.example/         | false",
        "sentry.example          | http://example/                  | false",
        ".sentry.example         | http://eu.sentry.example/        | true",
        ".sentry.example         | http://sentry.example/           | false",
        "*.sentry.example        | http://eu.sentry.example/        | true",
        "*.sentry.example        | http://sentry.example/           | false",
        "a.example, b.example ,, | http://b.example/                | true",
        "a.example, b.example    | http://c.example/                | false",
        "sentry.example:8080     | http://sentry.example:8080/      | true",
        "sentry.example:8080     | http://sentry.example/           | false",
        "sentry.example:80       | http://sentry.example/           | true",
        "sentry.example:443      | https://sentry.example/          | true",
        "10.1.2.3                | http://10.1.2.3/                 | true",
        "10.1.2.3                | http://10.1.2.4/                 | false",
        "10.1.2.3:8080           | http://10.1.2.3:8080/            | true",
        "10.1.2.3:8080           | http://10.1.2.3/                 | false",
        "10.0.0.0/8              | http://10.200.3.4/               | true",
        "10.0.0.0/8              | http://11.0.0.1/                 | false",
        "10.16.0.0/12            | http://10.31.0.1/                | true",
        "10.16.0.0/12            | http://10.32.0.1/                | false",
        "10.1.2.3/32             | http://10.1.2.3/                 | true",
        "0.0.0.0/0               | http://10.1.2.3/                 | true",
        "0.0.0.0/0               | http://sentry.example/           | false",
        "10.0.0.0/8              | http://[fd00::1]/                | false",
        "fd00::/8                | http://[fd12::1]/                | true",
        "fd00::1                 | http://[fd00:0::1]/              | true",
        "[fd00::1]:8080          | http://[fd00::1]:8080/           | true",
        "[fd00::1]:8080          | http://[fd00::1]/                | false",
        "10.0.0.0/99             | http://10.0.0.1/                 | false",
        "''                      | http://localhost:9000/           | true",
        "''                      | http://127.0.0.1/                | true",
        "''                      | http://127.8.9.1/                | true",
        "''                      | http://[::1]/                    | true",
        "''                      | https://localhost/               | true",
        "''                      | http://localhost.example/        | false"
      })
  void noProxyIsReadAsGoReadsIt(String noProxy, URI uri, boolean isDirect) throws Exception {
    var rules =
        ProxyRules.fromEnvironment(
            Map.of("HTTP_PROXY", "proxy:1", "HTTPS_PROXY", "proxy:2", "NO_PROXY", noProxy));
    assertThat(rules.routeTo(Origin.of(uri)).proxy() == null).isEqualTo(isDirect);
  }

  @Test
  void theSchemeChoosesTheProxyAndUpperCaseComesFirst() throws Exception {
    var rules =
        ProxyRules.fromEnvironment(
            Map.of(
                "http_proxy", "lower:1",
                "HTTPS_PROXY", "https://upper",
                "https_proxy", "lower:2",
                "no_proxy", "direct.example"));
    assertThat(proxy(rules, "http://sentry.example")).isEqualTo("http://lower:1");
    assertThat(proxy(rules, "https://sentry.example")).isEqualTo("https://upper");
    assertThat(proxy(rules, "https://direct.example")).isEqualTo("none");
    assertThat(proxy(ProxyRules.NONE, "https://sentry.example")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://me:s3cr3t@proxy:1", "http://me:s3cr3t@", "http://me:s3cr3t@proxy:port"})
  void aProxyThatCannotBeUsedIsRefusedByTheVariablesName(String url) {
    assertThatThrownBy(() -> ProxyRules.fromEnvironment(Map.of("HTTPS_PROXY", url)))
        .isInstanceOf(ProxyException.class)
        .hasMessage(
            "HTTPS_PROXY is not the URL of an HTTP proxy; write http://host:port or"
                + " https://host:port; SOCKS is not supported")
        .hasNoCause();
  }

  private static String proxy(ProxyRules rules, String uri) {
    var used = rules.routeTo(Origin.of(URI.create(uri))).proxy();
    return used == null ? "none" : used.origin().toString();
  }

  private static Client through(String proxy) throws ProxyException {
    return Client.with(
        ProxyRules.fromEnvironment(Map.of("HTTP_PROXY", proxy, "HTTPS_PROXY", proxy)),
        Trust.SYSTEM);
  }
}
