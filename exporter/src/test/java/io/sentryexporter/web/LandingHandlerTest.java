package io.sentryexporter.web;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RunningExporter;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LandingHandlerTest {
  private static final String GOOD = RunningExporter.module("sentry", "http://127.0.0.1/api/0/");

  @Test
  void ofAReloadWithManyErrorsTheFirstTenAreShown() {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.configure(GOOD + unknownKeys(50));
      assertThat(exporter.app().reload()).hasSize(50);

      String page = exporter.get("/").text();

      assertThat(page).contains("key10: unknown key", "<li>and 40 more</li>");
      assertThat(page).doesNotContain("key11: unknown key");
    }
  }

  @Test
  void tenErrorsAreAllShown() {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.configure(GOOD + unknownKeys(10));
      exporter.app().reload();

      assertThat(exporter.get("/").text()).contains("key10: unknown key").doesNotContain(" more<");
    }
  }

  @Test
  void ofManyWarningsTheFirstTenAreShown() {
    String modules =
        IntStream.rangeClosed(2, 30).mapToObj(i -> "  m" + i + ":\n").collect(joining());
    try (var exporter = RunningExporter.with("modules:\n  sentry:\n" + modules)) {
      assertThat(exporter.get("/").text())
          .contains("modules.m10.prober: missing", "<li>and 20 more</li>")
          .doesNotContain("modules.m11.prober: missing");
    }
  }

  @Test
  void aReloadOfAFileOfGarbageAnswersInShort() {
    try (var exporter = RunningExporter.with(GOOD)) {
      exporter.configure(unknownKeys(40_000));
      var many = exporter.send("POST", "/-/reload");
      assertThat(many.status()).isEqualTo(500);
      assertThat(many.text()).hasSizeLessThan(20_000).endsWith("… and more; fix these first\n");

      exporter.configure(unknownKeys(150_000));
      assertThat(exporter.send("POST", "/-/reload").text())
          .hasLineCount(1)
          .contains("more than 100000 keys and values");
    }
  }

  @Test
  void whatAnOrganizationLacksIsShownAfterTheFirstRequest() {
    try (var sentry = sentry(options -> options.withInstallation(Installation.SELF_HOSTED_20_6));
        var exporter = RunningExporter.with(RunningExporter.collecting(sentry.url(), ""))) {
      assertThat(exporter.get("/").text())
          .contains("<code>" + sentry.url() + "</code>", "none before the first probe");

      exporter.probe("acme/web");

      assertThat(exporter.get("/").text())
          .contains("server lacks ", "organization_stats_v2", "oldest: projects, ")
          .doesNotContain("none before the first probe");
    }
  }

  @Test
  void aScopeThatTheTokenLacksIsShown() {
    var token = new Token(SimulatedSentry.TOKEN, Set.of("org:read", "project:read"), Set.of());
    try (var sentry = sentry(options -> options.withTokens(token));
        var exporter = RunningExporter.with(RunningExporter.collecting(sentry.url(), ""))) {
      exporter.probe("acme");

      assertThat(exporter.get("/").text()).contains("token lacks scope event:read");
    }
  }

  private static SimulatedSentry sentry(UnaryOperator<ServerOptions> changed) {
    var options =
        ServerOptions.onLoopback(InstantSource.system()).withInstallation(Installation.SELF_HOSTED);
    return SimulatedSentry.start(SimulatedWorld.demo(1), changed.apply(options));
  }

  private static String unknownKeys(int number) {
    return IntStream.rangeClosed(1, number).mapToObj(i -> "key" + i + ": x\n").collect(joining());
  }
}
