package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Chromium;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.RealParts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The pages in a real browser.
@Tag(RealParts.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChromiumIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @AutoClose private PackagedExporter demo;
  @AutoClose private Chromium browser;

  @BeforeAll
  void start(@TempDir Path work) {
    browser = Chromium.start(work);
    demo = PackagedExporter.start(work, "demo", "--sentry.listen-address=127.0.0.1:0");
  }

  @BeforeEach
  void openTheLandingPage() {
    browser.resize(1280, 800);
    browser.open("http://" + demo.authority() + "/");
    browser.log();
  }

  @Test
  void theFormAnswersWithTheMetricsOfATarget() {
    browser.type("#target", "acme/web");
    browser.click("button[type=submit]");
    assertShows("sentry_probe_success 1.0", "sentry_outcomes_total{");
    assertThat(browser.url()).contains("/probe?target=acme%2Fweb&module=sentry");
    assertThat(browser.log()).isEmpty();
  }

  @Test
  void aFailedProbeLeadsToItsTrace() {
    browser.type("#target", "acme/api");
    browser.click("#module option[value=slow]");
    browser.click("button[type=submit]");
    assertShows(
        "sentry_probe_success 0.0",
        "sentry_probe_failure_info{collector=\"http\",reason=\"timeout\"} 1");
    browser.open("http://" + demo.authority() + "/");
    assertShows("Failure timeout");
    browser.click("tr:has(.failure) a[href*='/logs?id=']");
    assertShows("target=acme/api", "probe failed", "reason=timeout");
    assertThat(browser.log()).isEmpty();
  }

  @Test
  void onAPhoneNothingIsWiderThanTheScreen() {
    demo.get("/probe?target=acme/web");
    demo.get(
        "/probe?target=acme/"
            + "a-very-long-name-without-a-break-".repeat(6)
            + "&module=behind_login");
    browser.resize(390, 844);
    browser.open("http://" + demo.authority() + "/");
    assertThat(browser.run("return document.documentElement.scrollWidth").asInt()).isEqualTo(390);
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('body *:not(pre > *)')]" // pre scrolls
                        + ".filter(e => e.getBoundingClientRect().right > 391)"
                        + ".map(e => e.outerHTML.slice(0, 80))")
                .toString())
        .isEqualTo("[]");
  }

  @Test
  void thePageKeepsItsOwnContentSecurityPolicy() {
    browser.open("http://" + demo.authority() + "/");
    assertThat(browser.log()).isEmpty();
    browser.run("document.body.setAttribute('style', 'color: red')");
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(browser.log())
                .as("the log shows a violation when there is one")
                .anyMatch(line -> line.contains("Content Security Policy")));
  }

  @Test
  void withoutJavaScriptItWorksAsWell() {
    browser.forbidScripts();
    try {
      browser.open("data:text/html,<title>off</title><script>document.title='on'</script>");
      assertThat(browser.title()).isEqualTo("off");
      browser.open("http://" + demo.authority() + "/");
      browser.type("#target", "acme/ios");
      browser.click("input[name=debug]");
      browser.click("button[type=submit]");
      assertShows("Logs for the probe", "target=acme/ios", "sentry_probe_success 1.0");
    } finally {
      browser.allowScripts();
    }
  }

  /// A click returns before the page that it leads to has come.
  private void assertShows(String... texts) {
    Eventually.within(PATIENCE, () -> assertThat(browser.text()).contains(texts));
  }
}
