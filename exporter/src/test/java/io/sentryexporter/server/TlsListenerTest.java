package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.server.Listener.Limits;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.testing.Pki;
import io.sentryexporter.tls.Pem;
import io.sentryexporter.tls.ServerTls;
import io.sentryexporter.tls.ServerTls.ClientAuth;
import io.sentryexporter.tls.ServerTls.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The listener with TLS, over real sockets: after the toolkit's cases, then hang-ups and ends.
class TlsListenerTest extends ListeningTest {
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientOfTlsIsAnswered(String version) throws Exception {
    var listener = listen(Pki.server("server"));

    try (var socket = connect(listener, null, speaking(version))) {
      var client = new RawClient(socket);
      assertThat(client.get("/a").answer().body()).isEqualTo("GET /a");
      assertThat(client.get("/b").answer().body()).isEqualTo("GET /b");
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "ec", "ed25519"})
  void everyKindOfKeyServes(String name) throws Exception {
    var listener = listen(Pki.server(name));

    try (var socket = connect(listener, null, TlsListenerTest::any)) {
      assertThat(new RawClient(socket).get("/").answer().code()).isEqualTo(200);
      assertThat(socket.getSession().getPeerPrincipal()).hasToString("CN=" + name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
      })
  void aClientWithoutTlsReadsWhatIsWrong(String request) throws Exception {
    var listener = listen(Pki.server("server"));

    String answer = client(listener).send(request).rest();

    assertThat(answer)
        .startsWith("HTTP/1.0 400 Bad Request\r\n")
        .endsWith("\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    assertThat(seen).isEmpty();
  }

  @Test
  void aClientOfTlsFailsAtAListenerWithoutIt() throws Exception {
    var listener = listen();

    assertThatThrownBy(() -> connect(listener, null, TlsListenerTest::any))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void whatIsNeitherTlsNorHttpGetsAnAlert() throws Exception {
    var listener = listen(Pki.server("server"));

    assertThat(client(listener).send("SSH-2.0-client\r\n").rest()).startsWith("\25\3");
  }

  /// Java's client speaks no TLS 1.1 either, so its first message is sent by hand.
  @Test
  void aClientThatHasNoTls12IsRefusedWithTheAlertForThat() throws Exception {
    var listener = listen(Pki.server("server"));
    String hello = "160302002f 0100002b 0302" + "11".repeat(32) + "00 0004 c013c014 0100";

    String answer = client(listener).send(bytes(hello)).rest();

    assertThat(HexFormat.of().formatHex(answer.getBytes(ISO_8859_1)))
        .matches("1503..0002" + "02" + "46"); // fatal, protocol_version
  }

  @Test
  void cipherSuitesAreThoseOfTheListAndOfTls13() throws Exception {
    String listed = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    var listener = listen(suites(List.of(listed, "TLS_RSA_WITH_AES_128_CBC_SHA"), Order.SERVERS));

    assertThat(suite(listener, listed)).isEqualTo(listed);
    assertThat(suite(listener, "TLS_AES_256_GCM_SHA384")).isEqualTo("TLS_AES_256_GCM_SHA384");
    assertThatThrownBy(() -> suite(listener, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("handshake_failure");
  }

  @Test
  void ofCommonCipherSuitesTheServersFirstIsTakenUnlessTheClientsIsPreferred() throws Exception {
    var servers =
        List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    String[] clients = {servers.get(1), servers.get(0)};

    assertThat(suite(listen(suites(servers, Order.SERVERS)), clients)).isEqualTo(servers.get(0));
    assertThat(suite(listen(suites(servers, Order.CLIENTS)), clients)).isEqualTo(servers.get(1));
  }

  @ParameterizedTest
  @CsvSource({"secp521r1, secp521r1, true", "secp521r1, secp384r1, false", "x25519, x25519, true"})
  void curvesAreThoseOfTheList(String servers, String clients, boolean isAnswered)
      throws Exception {
    var settings = Pki.server("server");
    var listener =
        listen(
            new ServerTls.Settings(
                settings.identity(),
                settings.clientAuth(),
                settings.authorities(),
                null,
                settings.protocols(),
                List.of(),
                Order.SERVERS,
                List.of(servers)));
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      Consumer<SSLParameters> speaking =
          parameters -> {
            parameters.setProtocols(new String[] {version});
            parameters.setNamedGroups(new String[] {clients});
            parameters.setCipherSuites(
                new String[] {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
          };
      if (isAnswered) {
        assertThat(get(listener, null, speaking)).isEqualTo(200);
      } else {
        assertThatThrownBy(() -> get(listener, null, speaking)).isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void http1IsAgreedOnWithClientsThatWouldHaveHttp2() throws Exception {
    var listener = listen(Pki.server("server"));

    try (var socket =
        connect(
            listener,
            null,
            parameters -> parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"}))) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(new RawClient(socket).get("/").answer().code()).isEqualTo(200);
    }
  }

  /// Who is answered, by what the server requires of its clients.
  @ParameterizedTest
  @EnumSource(ClientAuth.class)
  void certificatesOfClientsAreRequiredAndVerifiedAsInGo(ClientAuth type) throws Exception {
    var listener = listen(clients(type, null));

    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      assertThat(isAnswered(listener, "client", version)).as("by the authority").isTrue();
      assertThat(isAnswered(listener, null, version)).as("none").isEqualTo(!type.isRequired());
      assertThat(isAnswered(listener, "stranger", version))
          .as("by another")
          .isEqualTo(!type.isVerified());
    }
  }

  @Test
  void aCertificateThatIsAnAuthoritysItselfIsAcceptedAsInGo() throws Exception {
    var settings = Pki.server("server");
    var listener =
        listen(
            new ServerTls.Settings(
                settings.identity(),
                ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT,
                Pem.certificates(Pki.text("stranger.pem")),
                null,
                settings.protocols(),
                List.of(),
                Order.SERVERS,
                List.of()));

    assertThat(isAnswered(listener, "stranger", "TLSv1.3")).isTrue();
    assertThat(isAnswered(listener, "client", "TLSv1.3")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "prometheus.example, true",
    "192.0.2.1, true",
    "2001:db8::1, true",
    "2001:DB8:0:0::1, true",
    "admin@example.org, true",
    "spiffe://example/prometheus, true",
    "PROMETHEUS.example, false",
    "example, false",
    "*.example, false",
    "192.0.2.2, false",
    "spiffe://example/, false",
    "client, false",
  })
  void anAlternativeNameOfAClientMustBeInTheList(String allowed, boolean isAnswered)
      throws Exception {
    var listener =
        listen(clients(ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT, Set.of("else.example", allowed)));

    assertThat(isAnswered(listener, "client", "TLSv1.3")).isEqualTo(isAnswered);
    assertThat(isAnswered(listener, "client", "TLSv1.2")).isEqualTo(isAnswered);
    assertThat(isAnswered(listener, "nobody", "TLSv1.3")).as("without a name").isFalse();
    assertThat(isAnswered(listener, null, "TLSv1.3")).isFalse();
  }

  @Test
  void aRefusedClientReadsTheAlertAndEachKindIsLoggedOnce() throws Exception {
    var log = LogCapture.of(TlsEntry.class);
    var listener = listen(clients(ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT, Set.of("x")));

    for (int i = 0; i < 3; i++) {
      for (String client : new String[] {"stranger", "client", null}) {
        assertThatThrownBy(() -> get(listener, client, TlsListenerTest::any))
            .isInstanceOf(SSLHandshakeException.class)
            .hasMessageContaining(client == null ? "certificate_required" : "certificate_unknown");
      }
    }

    Eventually.within(PATIENCE, () -> assertThat(log.lines()).as("one of each").hasSize(9));
    assertThat(log.lines().stream().filter(line -> line.startsWith("WARN")))
        .hasSize(3)
        .anyMatch(
            line -> line.contains("client certificate not trusted") && line.contains("CN=stranger"))
        .anyMatch(line -> line.contains("client certificate without an allowed name"));
  }

  @Test
  void newConnectionsSeeANewCertificateAndOldOnesGoOn() throws Exception {
    var tls = new AtomicReference<>(new ServerTls(Pki.server("server")));
    var listener = listen(LIMITS, tls);

    try (var old = connect(listener, null, TlsListenerTest::any)) {
      var client = new RawClient(old);
      assertThat(client.get("/").answer().code()).isEqualTo(200);
      tls.set(new ServerTls(Pki.server("second")));

      try (var fresh = connect(listener, null, TlsListenerTest::any)) {
        assertThat(fresh.getSession().getPeerPrincipal()).hasToString("CN=second");
        assertThat(new RawClient(fresh).get("/").answer().code()).isEqualTo(200);
      }
      assertThat(client.get("/").answer().code()).isEqualTo(200);
      assertThat(old.getSession().getPeerPrincipal()).hasToString("CN=server");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aConnectionEndsWithACloseNotify(String version) throws Exception {
    var listener = listen(Pki.server("server"));

    try (var socket = connect(listener, null, speaking(version))) {
      var client = new RawClient(socket);
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(client.answer().code()).isEqualTo(200);
      assertThat(client.rest()).as("an end, and no truncation").isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aHangUpIsNoticedWhileTheRequestIsHandled(String version) throws Exception {
    for (var ending : List.of(Ending.CLOSE_NOTIFY, Ending.CLOSE, Ending.RESET)) {
      var hungUp = new CountDownLatch(1);
      var listener = listen(LIMITS, tls(), request -> awaitHangUp(request, hungUp));
      var plain = Pki.plain(listener.localAddress());
      var socket = Pki.over(plain, null, speaking(version));
      new RawClient(socket).get("/");
      nextSeen();

      switch (ending) {
        case CLOSE_NOTIFY -> socket.shutdownOutput();
        case CLOSE -> plain.close();
        case RESET -> {
          plain.setSoLinger(true, 0);
          plain.close();
        }
      }

      assertThat(hungUp.await(PATIENCE_SECONDS, SECONDS)).as("%s", ending).isTrue();
      plain.close();
    }
  }

  private enum Ending {
    CLOSE_NOTIFY,
    CLOSE,
    RESET
  }

  @Test
  void aRequestSentWhileOneIsHandledIsNoHangUpAndIsAnsweredNext() throws Exception {
    var listener = listen(LIMITS, tls(), this::waitForRelease);

    try (var socket = connect(listener, null, TlsListenerTest::any)) {
      var client = new RawClient(socket).get("/first");
      nextSeen();
      client.get("/second");
      var pause = new CountDownLatch(1);
      assertThat(pause.await(400, java.util.concurrent.TimeUnit.MILLISECONDS)).isFalse();
      release();

      assertThat(client.answer().body()).isEqualTo("released");
      assertThat(client.answer().body()).isEqualTo("released");
    }
  }

  @Test
  void aHandshakeThatDoesNotEndIsCutOff() throws Exception {
    var listener = listen(limits(8, new Limits.Timeouts(LONG, SHORT, LONG, LONG)), tls());

    var begun = client(listener).send("\26\3\1\2\0\1");
    var header = client(listener).send("\26");

    assertThat(begun.isCutOff()).isTrue();
    assertThat(header.isCutOff()).isTrue();
  }

  @Test
  void aClientThatSendsNothingIsClosedLikeAnyIdleOne() throws Exception {
    var listener = listen(limits(8, new Limits.Timeouts(SHORT, LONG, LONG, LONG)), tls());

    assertThat(client(listener).isCutOff()).isTrue();
    try (var socket = hurrying(SHORT, () -> connect(listener, null, TlsListenerTest::any))) {
      assertThat(new RawClient(socket).isCutOff()).isTrue();
    }
  }

  @Test
  void aFloodOfHandshakesThatDoNotEndDoesNotKeepOthersOut() throws Exception {
    var listener = listen(limits(16, LIMITS.timeouts()), tls());
    for (int i = 0; i < 200; i++) {
      client(listener).send("\26\3\1\2\0\1");
    }

    assertThat(get(listener, null, TlsListenerTest::any)).isEqualTo(200);
  }

  @Test
  void whenAllAreAtWorkANewConnectionGetsAnAlert() throws Exception {
    var listener = listen(limits(1, LIMITS.timeouts()), tls(), this::waitForRelease);

    try (var socket = connect(listener, null, TlsListenerTest::any)) {
      var busy = new RawClient(socket).get("/");
      nextSeen();
      assertThatThrownBy(() -> connect(listener, null, TlsListenerTest::any))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("internal_error");
      assertThat(refusals).hasValue(1);
      release();
      assertThat(busy.answer().code()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aDrainAnswersWhatIsHandledAndEndsIdleConnectionsWithoutAReset(String version)
      throws Exception {
    var drained = hurrying(Duration.ofSeconds(1), () -> drainedWithABusyAndAnIdleClient(version));

    assertThat(drained.get(PATIENCE_SECONDS, SECONDS)).isTrue();
  }

  private Future<Boolean> drainedWithABusyAndAnIdleClient(String version) throws Exception {
    var listener =
        listen(
            LIMITS,
            tls(),
            request -> request.path().equals("/slow") ? waitForRelease(request) : echo(request));
    var busy = opening(connect(listener, null, speaking(version)));
    var idle = opening(connect(listener, null, speaking(version)));
    var fresh = opening(connect(listener, null, speaking(version)));
    var atWork = new RawClient(busy).get("/slow");
    nextSeen();
    var between = new RawClient(idle);
    between.get("/").answer();

    var drained = threads.submit(() -> listener.drain(LONG));
    assertThat(between.rest()).as("closed with a close_notify").isEmpty();
    idle.close();
    assertThat(new RawClient(fresh).get("/first").answer().has("Connection: close")).isTrue();
    release();
    var last = atWork.answer();
    assertThat(last.body()).isEqualTo("released");
    assertThat(last.has("Connection: close")).isTrue();
    busy.close();
    fresh.close();
    return drained;
  }

  private SSLSocket opening(SSLSocket socket) {
    opened.add(socket);
    return socket;
  }

  @Test
  void aClientThatReadsNothingHoldsUpNoDrain() throws Exception {
    var large = Response.of(200, "text/plain", new byte[32 << 20]);
    var listener =
        listen(
            LIMITS,
            tls(),
            request -> {
              seen.add(request);
              return large;
            });
    var socket = connect(listener, null, TlsListenerTest::any);
    new RawClient(socket).get("/");
    nextSeen();

    assertThat(listener.drain(Duration.ofMillis(500))).as("it is cut off").isFalse();
    opening(socket);
  }

  /// Speaks what Java's clients do.
  private static void any(SSLParameters parameters) {
    parameters.setApplicationProtocols(new String[0]);
  }

  private static Consumer<SSLParameters> speaking(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  private static AtomicReference<ServerTls> tls() {
    return new AtomicReference<>(new ServerTls(Pki.server("server")));
  }

  private static ServerTls.Settings suites(List<String> suites, Order order) {
    var settings = Pki.server("server");
    return new ServerTls.Settings(
        settings.identity(),
        settings.clientAuth(),
        settings.authorities(),
        null,
        settings.protocols(),
        suites,
        order,
        List.of());
  }

  private static ServerTls.Settings clients(ClientAuth type, @Nullable Set<String> names)
      throws Pem.Unreadable {
    var settings = Pki.server("server");
    return new ServerTls.Settings(
        settings.identity(),
        type,
        type.isVerified() ? Pem.certificates(Pki.text("ca.pem")) : List.of(),
        names,
        settings.protocols(),
        List.of(),
        Order.SERVERS,
        List.of());
  }

  private Listener listen(ServerTls.Settings settings) throws Exception {
    return listen(LIMITS, new AtomicReference<>(new ServerTls(settings)));
  }

  private Listener listen(Limits limits, AtomicReference<ServerTls> tls) throws Exception {
    return listen(limits, tls, this::echo);
  }

  private Listener listen(Limits limits, AtomicReference<ServerTls> tls, Listener.Handler handler)
      throws Exception {
    var listener =
        Listener.startTls(
            new ListenAddress("127.0.0.1", 0),
            () -> new WebConfig(tls.get(), Map.of(), List.of(), null),
            limits,
            handler,
            threads,
            refusals::incrementAndGet);
    opened.add(listener);
    return listener;
  }

  private static SSLSocket connect(
      Listener listener, @Nullable String client, Consumer<SSLParameters> settings)
      throws IOException {
    return Pki.over(Pki.plain(listener.localAddress()), client, settings);
  }

  /// The status of a request on a new connection.
  private static int get(
      Listener listener, @Nullable String client, Consumer<SSLParameters> settings)
      throws IOException {
    try (var socket = connect(listener, client, settings)) {
      return new RawClient(socket).get("/").answer().code();
    }
  }

  private static boolean isAnswered(Listener listener, @Nullable String client, String version)
      throws IOException {
    try {
      return get(listener, client, speaking(version)) == 200;
    } catch (SSLHandshakeException _) {
      return false;
    }
  }

  /// The suite that is agreed on with a client of these.
  private static String suite(Listener listener, String... clients) throws IOException {
    boolean isOf13 = ServerTls.isOfTls13(clients[0]);
    try (var socket =
        connect(
            listener,
            null,
            parameters -> {
              parameters.setProtocols(new String[] {isOf13 ? "TLSv1.3" : "TLSv1.2"});
              parameters.setCipherSuites(clients);
            })) {
      return socket.getSession().getCipherSuite();
    }
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex.replace(" ", "")), ISO_8859_1);
  }
}
