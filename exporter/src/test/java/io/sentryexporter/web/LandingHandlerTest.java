package io.sentryexporter.web;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandingHandlerTest {
  private static final String GOOD = RunningExporter.module("sentry", "http://127.0.0.1/api/0/");

  private static final Pattern SCRAPE_CONFIGURATION =
      Pattern.compile("aria-label=\"Scrape configuration\"[^>]*><code>([^<]*)</code>");

  @TempDir private Path work;

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
          .contains("server lacks ", "organization_stats_v2", "oldest: ")
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sentry |                          |          | url: http://HOST/sd",
        "sentry | https://mon.example      | /sentry  | url: https://mon.example/sentry/sd",
        "sentry | https://mon.example:8443 | /sentry  | metrics_path: /sentry/metrics",
        "http   |                          |          | {module: [\"it's: #1\"]}",
        "http   | https://mon.example      | /sentry  | metrics_path: /sentry/probe",
        "http   | https://[2001:db8::1]:1  |          | replacement: \"[2001:db8::1]:1\"",
      })
  @Tag(RealParts.TAG)
  void prometheusTakesTheScrapeConfigurationOfThePage(
      String prober, @Nullable String origin, @Nullable String path, String line)
      throws IOException {
    String yaml =
        prober.equals("http")
            ? RunningExporter.module("\"it's: #1\"", "http://127.0.0.1/api/0/")
            : RunningExporter.collecting(URI.create("http://127.0.0.1:9"), "");
    String prefix = Objects.requireNonNullElse(path, "");
    try (var exporter =
        RunningExporter.with(
            yaml, web -> web.at(prefix, Objects.requireNonNullElse(origin, ""), prefix))) {
      var shown = SCRAPE_CONFIGURATION.matcher(exporter.get(prefix + "/").text());
      assertThat(shown.find()).isTrue();
      String text =
          shown.group(1).replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");

      assertThat(text).contains(line.replace("HOST", "127.0.0.1:" + exporter.port()));
      boolean isTls = origin != null;
      assertThat(text.contains("scheme: https") || text.contains("url: https")).isEqualTo(isTls);
      Path file = Files.writeString(work.resolve("prometheus.yml"), text);
      Path promtool = RealParts.program("promtool", "prometheus");
      assertThat(Program.read(Program.NO_INPUT, work, promtool, "check", "config", file.toString()))
          .contains("SUCCESS");
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
