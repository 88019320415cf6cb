package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.config.Config;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Chromium;
import io.sentryexporter.testing.FreePort;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.TestTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The landing page in a real browser, after an hour in which some things went wrong. With
/// `-Dgolden=update` it makes the pictures of `docs/landing-page.md`.
@Tag(RealParts.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LandingPicturesTest {
  private static final boolean UPDATE = "update".equals(System.getProperty("golden"));
  private static final int LARGEST_PICTURE_BYTES = 300_000;
  private static final int PHONE = 390;

  /// How long each reading of the clock takes, so that probes have durations.
  private static final long NANOS_OF_A_READING = 900_000;

  private static final List<String> EACH_MINUTE =
      List.of(
          "acme",
          "acme/web",
          "acme/checkout",
          "globex&module=shops",
          "globex/storefront&module=shops",
          "acme/api&module=legacy");

  /// Texts whose colour has less than WCAG's contrast to their background.
  private static final String PALE_TEXTS =
      """
      const light = rgb => {
        const [r, g, b] = rgb.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const parts = colour => colour.match(/[\\d.]+/g).map(Number);
      const behind = element => {
        for (; element; element = element.parentElement) {
          const colour = parts(getComputedStyle(element).backgroundColor);
          if (colour[3] !== 0) return colour;
        }
        return [255, 255, 255];
      };
      const pale = new Set();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest('svg, option')) continue;
        const text = light(parts(getComputedStyle(element).color).slice(0, 3));
        const ground = light(behind(element).slice(0, 3));
        const ratio = (Math.max(text, ground) + .05) / (Math.min(text, ground) + .05);
        if (ratio < 4.5) pale.add(element.className + ' ' + element.localName + ' ' + ratio.toFixed(2));
      }
      return [...pale].join(', ');
      """;

  @AutoClose private SimulatedSentry sentry;
  @AutoClose private RunningExporter exporter;
  @AutoClose private Chromium browser;

  @BeforeAll
  void anHourPasses(@TempDir Path work) {
    browser = Chromium.start(work, "--hide-scrollbars");
    var clock = TestClock.at("2026-11-22T10:20:00Z");
    var readsNoEvents =
        new Token("token-without-events", Set.of("org:read", "project:read"), Set.of());
    sentry =
        SimulatedSentry.start(
            SimulatedWorld.demo(1),
            ServerOptions.onLoopback(clock)
                .withTokens(Token.reading(SimulatedSentry.TOKEN), readsNoEvents));
    var readings = new AtomicLong();
    var time =
        new TestTime(
            clock,
            () -> clock.nanos() + readings.incrementAndGet() * NANOS_OF_A_READING,
            (_, _) -> {},
            TestTime.real());
    exporter =
        RunningExporter.withTime(
            configuration(), time, web -> web.at("", "http://127.0.0.1:9412", ""));
    for (int minute = 0; minute < 60; minute++) {
      if (minute == 43) {
        sentry.faults().when(path -> path.contains("/acme/api/"), new Fault.NginxPage(502));
      }
      clock.advance(Duration.ofMinutes(1));
      for (String target : EACH_MINUTE) {
        assertThat(exporter.probe(target).status()).isEqualTo(200);
      }
      if (minute % 5 == 2) {
        exporter.probe("initech&module=old-data-center");
      }
    }
    clock.advance(Duration.ofSeconds(14));
  }

  private String configuration() {
    return """
    instances:
      default: {url: "%1$s", auth_token: simulated-api-token}
      shops: {url: "%1$s", auth_token: token-without-events}
      old-data-center: {url: "http://127.0.0.1:%2$d", auth_token: simulated-api-token}
    modules:
      sentry: {prober: sentry, collectors: {outcomes: {}, sessions: {}, releases: {}, issues: {}}}
      shops: {prober: sentry, instance: shops, collectors: {outcomes: {}, issues: {}}}
      old-data-center: {prober: sentry, instance: old-data-center, collectors: {outcomes: {}}}
      legacy:
        prober: http
        timeout: 5s
        http:
          prefix: %1$s/api/0/projects/
          headers: {Authorization: Bearer simulated-api-token}
    """
        .formatted(sentry.url(), FreePort.find());
  }

  @BeforeEach
  void openTheLandingPage() {
    browser.resize(1280, 800);
    browser.prefer("light");
    browser.open(address());
    browser.log();
  }

  private String address() {
    return "http://127.0.0.1:" + exporter.port() + "/";
  }

  @Test
  void theStateComesFirst() {
    assertThat(browser.title()).startsWith("3 failing");
    assertThat(browser.text())
        .containsSubsequence(
            "3 of 7 targets failing",
            "acme/api",
            "upstream_5xx since 11:04 UTC (16 min)",
            "The last hour",
            "Instances of Sentry",
            "cannot connect",
            "token lacks scope event:read",
            "Recent probes");
    assertThat(browser.log()).isEmpty();
  }

  @Test
  void theFilterLeavesTheFailedProbes() {
    assertThat(pills("success")).isPositive();

    browser.click("nav a[href*=failed]");

    assertThat(browser.url()).endsWith("/?probes=failed#recent");
    assertThat(pills("success")).isZero();
    assertThat(pills("failure")).isGreaterThan(50);
    browser.click("nav a:not([aria-current])");
    assertThat(pills("success")).isPositive();
  }

  @Test
  void noTargetIsBrokenWhereItFitsALine() {
    browser.click("nav a[href*=failed]");

    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('.probes td:nth-child(2) a')]"
                        + ".filter(link => link.getClientRects().length > 1)"
                        + ".map(link => link.textContent).join()")
                .asString())
        .isEmpty();
  }

  private int pills(String style) {
    return browser.run("return document.querySelectorAll('.probes ." + style + "').length").asInt();
  }

  @Test
  void theHourIsDrawnInFourChartsThatHaveTheirContentInWords() {
    String charts =
        browser
            .run(
                "return [...document.querySelectorAll('svg[role=img]')].map(svg =>"
                    + " svg.querySelector('title').textContent + ': ' +"
                    + " svg.querySelector('desc').textContent).join('\\n')")
            .asString();

    assertThat(charts.lines())
        .satisfiesExactly(
            words -> assertThat(words).matches("Requests to Sentry .*: \\d+ in the last hour; .*"),
            words -> assertThat(words).matches("Rate limit in use .*: \\d+ % at most; .*"),
            words -> assertThat(words).matches("Duration of probes .*: .* on average; .*"),
            words -> assertThat(words).matches("Age of the data .*: .* at most, now; .*"));
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('svg[role=img]')]"
                        + ".every(svg => svg.querySelector('.bar').getBBox().width > 200)")
                .asBoolean())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void everyTextHasContrast(String scheme) {
    browser.prefer(scheme);

    assertThat(browser.run(PALE_TEXTS).asString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, PHONE})
  void tablesRemainTablesToScreenReaders(int width) {
    browser.resize(width, 800);

    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('table, tr, td, th')]"
                        + ".every(one => one.getAttribute('role'))")
                .asBoolean())
        .isTrue();
  }

  @Test
  void beforeAnythingIsConfiguredItShowsTheCommandsToBeginWith() {
    try (var empty = RunningExporter.from(() -> new Config.Result(Config.NOTHING, List.of()))) {
      browser.open("http://127.0.0.1:" + empty.port() + "/");

      assertThat(browser.text())
          .contains("Nothing is configured yet", "export SENTRY_AUTH_TOKEN=", "./sentry_exporter")
          .doesNotContain("Recent probes");
      assertThat(browser.run(PALE_TEXTS).asString()).isEmpty();
      assertThat(browser.log()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"landing-page", "landing-page-dark", "landing-page-phone"})
  void itMakesThePicturesOfTheDocumentation(String name) throws IOException {
    boolean isPhone = name.endsWith("phone");
    browser.prefer(name.endsWith("dark") ? "dark" : "light");
    browser.resize(isPhone ? PHONE : 1280, isPhone ? 2_000 : 1_400);

    byte[] picture = browser.screenshot();

    assertThat(picture).hasSizeBetween(10_000, LARGEST_PICTURE_BYTES);
    if (UPDATE) {
      Files.write(Path.of("docs/" + name + ".png"), picture);
    }
  }
}
