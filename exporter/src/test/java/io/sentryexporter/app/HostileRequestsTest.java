package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.RawClient;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients make up: methods, headers, targets and modules. None of it stays.
class HostileRequestsTest {
  @AutoClose private final Scene scene = Scene.demo(Installation.SELF_HOSTED);
  private final RunningExporter exporter = scene.exporter();

  /// The names of the exporter's own series, with their labels.
  private List<String> series() {
    return exporter
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("sentry_"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRACE",
        "TRACK",
        "CONNECT",
        "OPTIONS",
        "PROPFIND",
        "PUT",
        "DELETE",
        "PATCH",
        "get",
        "Get",
        "GETX",
        "M-SEARCH",
        "PRI"
      })
  void anOddMethodIsRefusedAndIsNoLabel(String method) throws IOException {
    List<String> before = series();
    for (String path : List.of("/metrics", "/probe?target=acme/web", "/")) {
      try (var client = new RawClient("127.0.0.1", exporter.port())) {
        client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var answer = client.answer();
        assertThat(answer.code()).as(path).isIn(400, 405);
        assertThat(answer.body()).doesNotContain(method + " ");
      }
    }
    assertThat(series()).isEqualTo(before).noneMatch(name -> name.contains(method));
  }

  @Test
  void aMethodOfTenThousandLettersIsRefusedAndIsNoLabel() throws IOException {
    List<String> before = series();
    for (int i = 0; i < 50; i++) {
      try (var client = new RawClient("127.0.0.1", exporter.port())) {
        String method = ("M" + i).repeat(4_000);
        client.send(method + " /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.answer().code()).isEqualTo(405);
      }
    }
    assertThat(series()).isEqualTo(before);
  }

  @Test
  void aThousandHeadersOrAMegabyteOfThemAreRefusedAndOthersAnswered() throws IOException {
    String many = "X-Header: a\r\n".repeat(1_000);
    String large = "X-Header: " + "a".repeat(1 << 20) + "\r\n";
    for (String headers : List.of(many, large)) {
      try (var client = new RawClient("127.0.0.1", exporter.port())) {
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
        assertThat(client.answer().code()).isEqualTo(431);
      }
      assertThat(exporter.get("/metrics").status()).isEqualTo(200);
    }
  }

  @Test
  void madeUpTargetsAndModulesLeaveNoSeriesBehind() {
    scene.probe("acme");
    scene.probe("nosuch-0");
    exporter.get("/probe?target=acme&module=nosuch-0");
    List<String> before = series();
    long requests = scene.sentry().requests().total();

    for (int i = 1; i <= 300; i++) {
      scene.probe("nosuch-" + i);
      scene.probe("acme/nosuch-" + i);
      exporter.get("/probe?target=acme&module=nosuch-" + i);
    }

    assertThat(series().stream().filter(name -> name.contains("nosuch"))).isEmpty();
    assertThat(series().stream().map(name -> name.replaceAll("le=\"[^\"]*\"", "")).distinct())
        .hasSizeLessThanOrEqualTo(before.size());
    assertThat(scene.sentry().requests().total() - requests).isLessThan(20);
    assertThat(exporter.log().lines().filter(line -> line.contains("nosuch")).count())
        .as("a warning for each of a hundred organizations, and one for all others")
        .isLessThanOrEqualTo(101);
  }

  @Test
  void anUnknownProberOrModuleIsCountedTogether() {
    exporter.get("/probe?target=acme&module=made-up");
    assertThat(series().stream().collect(Collectors.joining("\n"))).doesNotContain("made-up");
  }
}
