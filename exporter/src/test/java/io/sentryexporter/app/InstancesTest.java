package io.sentryexporter.app;

import static io.sentryexporter.app.Scene.series;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import io.sentryexporter.testing.SelfSigned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three instances in one file, each with its own token, headers and TLS, and each with an
/// organization of the same name: nothing of one reaches another.
class InstancesTest {
  private final TestClock clock = new TestClock(Scene.START);
  private final Map<String, SimulatedSentry> servers = new TreeMap<>();
  private final Map<String, SimulatedWorld> worlds = new TreeMap<>();

  @TempDir private Path folder;
  private @Nullable RunningExporter started;

  private void start(String name, int seed, UnaryOperator<ServerOptions> changed) {
    var world = SimulatedWorld.demo(seed);
    worlds.put(name, world);
    servers.put(
        name,
        SimulatedSentry.start(
            world,
            changed.apply(
                ServerOptions.onLoopback(clock)
                    .withInstallation(Installation.SELF_HOSTED)
                    .withTokens(Token.reading(token(name))))));
  }

  private static String token(String name) {
    return "token-of-" + name + "-0123456789";
  }

  private SimulatedSentry server(String name) {
    return requireNonNull(servers.get(name));
  }

  @BeforeEach
  void startAll() throws Exception {
    start("plain", 1, options -> options);
    start("old", 2, options -> options.withInstallation(Installation.SELF_HOSTED_23));
    start("secure", 3, options -> options.withTls(SelfSigned.onLoopback(folder)));
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(folder.resolve("self-signed.p12"))) {
      store.load(in, "changeit".toCharArray());
    }
    String certificate =
        Base64.getMimeEncoder().encodeToString(store.getCertificate("server").getEncoded());
    Path authority = folder.resolve("ca.pem");
    Files.writeString(
        authority, "-----BEGIN CERTIFICATE-----\n" + certificate + "\n-----END CERTIFICATE-----\n");
    started =
        RunningExporter.withClock(
            """
            instances:
              plain: {url: "%s", auth_token: %s}
              old:
                url: "%s"
                auth_token: %s
                http_headers: {X-Access: {secrets: [access-of-old-012345]}}
              secure: {url: "%s", auth_token: %s, tls_config: {ca_file: %s}}
            modules:
              plain: &module
                {prober: sentry, instance: plain, timeout: 10s, collectors: {outcomes: , uptime: }}
              old: {<<: *module, instance: old}
              secure: {<<: *module, instance: secure}
            """
                .formatted(
                    server("plain").url(),
                    token("plain"),
                    server("old").url(),
                    token("old"),
                    server("secure").url(),
                    token("secure"),
                    authority),
            clock,
            folder.resolve("data"));
  }

  @AfterEach
  void closeAll() {
    servers.values().forEach(SimulatedSentry::close);
    exporter().close();
  }

  private RunningExporter exporter() {
    return requireNonNull(started);
  }

  private Reply probe(String module) {
    return exporter().get("/probe?target=acme&module=" + module);
  }

  private static String errors() {
    return series(
        "sentry_outcomes_total",
        "category",
        "error",
        "organization",
        "acme",
        "outcome",
        "accepted",
        "project",
        "web");
  }

  @Test
  void eachServerReceivesItsOwnTokenAndHeadersOnly() {
    servers.keySet().forEach(this::probe);

    servers.forEach((name, server) ->
        assertThat(server.requests().last())
            .isNotEmpty()
            .allSatisfy(request -> {
              assertThat(request.header("Authorization")).contains("Bearer " + token(name));
              assertThat(request.header("X-Access").isPresent()).isEqualTo(name.equals("old"));
            }));
  }

  @Test
  void keptAnswersAndMarksAreOfOneInstance() {
    for (String name : List.of("plain", "old", "secure", "plain", "old", "secure")) {
      Reply page = probe(name);
      assertThat(page.value(errors())).as(page.text()).isPositive();
    }
    assertThat(servers.keySet().stream().map(name -> probe(name).value(errors())))
        .doesNotHaveDuplicates();
    clock.advance(Duration.ofMinutes(2));
    servers
        .keySet()
        .forEach(name ->
            assertThat(exporter().get("/metrics").text())
                .contains("sentry_exporter_snapshot_age_seconds{", "instance=\"" + name + "\""));
  }

  @Test
  void whatOneServerLacksTheOthersHave() {
    servers.keySet().forEach(this::probe);
    String page = exporter().get("/metrics").text();

    for (String name : servers.keySet()) {
      assertThat(page)
          .contains(
              series(
                      "sentry_exporter_endpoint_available",
                      "endpoint",
                      "uptime",
                      "organization",
                      "acme",
                      "sentry_instance",
                      name)
                  + (name.equals("old") ? " 0" : " 1"));
    }
  }

  @Test
  void aTokenThatOneServerRefusesIsGoodElsewhere() {
    server("plain").faults().when(_ -> true, new Fault.Status(401));

    assertThat(probe("plain").value("sentry_probe_success")).isZero();
    assertThat(probe("secure").value("sentry_probe_success")).isOne();
    assertThat(probe("old").value("sentry_probe_success")).isOne();
  }
}
