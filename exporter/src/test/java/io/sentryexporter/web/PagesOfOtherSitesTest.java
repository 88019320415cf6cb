package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Chromium;
import io.sentryexporter.testing.Eventually;
import io.sentryexporter.testing.OtherSite;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.testing.RunningExporter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages of another site, in a real browser, that want to read or reload an exporter on loopback.
@Tag(RealParts.TAG)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesOfOtherSitesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /// The name of the other site, and the one that it lets resolve to the exporter's address.
  private static final String RULES =
      "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP rebound.example 127.0.0.1";

  private static final String READ =
      "return fetch('%s', {credentials: 'include'}).then(r => r.text(), e => 'refused: ' + e)";

  @AutoClose private Chromium browser;
  @AutoClose private final OtherSite site = OtherSite.of("<title>other</title><body>other");

  @AutoClose
  private final RunningExporter exporter =
      RunningExporter.with(RunningExporter.module("sentry", "http://127.0.0.1:9/api/0/"));

  private double loaded;

  @BeforeAll
  void start(@TempDir Path work) {
    browser = Chromium.start(work, RULES);
  }

  @BeforeEach
  void openTheOtherSite() {
    exporter.probe("acme/web");
    loaded = loaded();
    browser.open("http://evil.example:" + site.port() + "/");
    assertThat(browser.title()).isEqualTo("other");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + exporter.port() + path;
  }

  /// When the configuration in use was loaded.
  private double loaded() {
    return exporter
        .get("/metrics")
        .value("sentry_exporter_config_last_reload_success_timestamp_seconds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/config", "/logs?id=1", "/", "/metrics", "/probe?target=acme/web&debug=true"})
  void noPageIsReadByAnotherSite(String path) {
    assertThat(browser.run(READ.formatted(url(path))).asString())
        .isEqualTo("refused: TypeError: Failed to fetch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mode: 'no-cors', ", "mode: 'no-cors', credentials: 'include', "})
  void noReloadIsSentByAScriptOfAnotherSite(String mode) {
    browser.run(
        "return fetch('%s', {%smethod: 'POST'}).then(_ => 1, _ => 0)"
            .formatted(url("/-/reload"), mode));
    assertThat(loaded()).isEqualTo(loaded);
  }

  @Test
  void noReloadIsSentByAFormOfAnotherSite() {
    browser.run(
        ("const f = document.createElement('form'); f.method = 'post'; f.action = '%s';"
                + "document.body.append(f); f.submit()")
            .formatted(url("/-/reload")));
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(browser.text())
                .contains("a page of another site may not reload the configuration"));
    assertThat(loaded()).isEqualTo(loaded);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/config", "/logs?id=1"})
  void noPageStandsInAFrameOfAnotherSite(String path) {
    String shown =
        browser
            .run(
                ("const f = document.createElement('iframe'); f.src = '%s';"
                        + "return new Promise(done => { f.onload = () => done(1);"
                        + " f.onerror = () => done(0); document.body.append(f); })")
                    .formatted(url(path)))
            .asString();
    assertThat(shown).isNotEmpty();
    Eventually.within(
        PATIENCE,
        () -> assertThat(browser.log()).anyMatch(line -> line.contains("frame-ancestors")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/config", "/logs?id=1", "/metrics"})
  void noPageIsAScriptOrAPictureOfAnotherSite(String path) {
    for (String tag : new String[] {"script", "img"}) {
      String came =
          browser
              .run(
                  ("const e = document.createElement('%s'); e.src = '%s';"
                          + "return new Promise(done => { e.onload = () => done('loaded');"
                          + " e.onerror = () => done('refused'); document.body.append(e); })")
                      .formatted(tag, url(path)))
              .asString();
      assertThat(came).as(tag).isEqualTo("refused");
    }
  }

  @Test
  void aNameThatIsReboundToLoopbackReadsNoPageForPeople() {
    String rebound = "http://rebound.example:" + exporter.port();
    browser.open(rebound + "/metrics");
    assertThat(browser.text()).as("the browser is there").contains("sentry_exporter_build_info");

    for (String path : new String[] {"/", "/config", "/logs?id=1", "/probe?debug=true"}) {
      assertThat(browser.run(READ.formatted(rebound + path)).asString())
          .as(path)
          .startsWith("the Host header is \"rebound.example:");
    }
    String reloaded =
        browser
            .run("return fetch('/-/reload', {method: 'POST'}).then(r => r.status + ' ' + r.text())")
            .asString();
    assertThat(reloaded).startsWith("403 ");
    assertThat(loaded()).isEqualTo(loaded);
  }

  @Test
  void itsOwnPageReloads() {
    browser.open(url("/-/ready"));
    assertThat(
            browser.run("return fetch('/-/reload', {method: 'POST'}).then(r => r.status)").asInt())
        .isEqualTo(200);
    assertThat(loaded()).isGreaterThan(loaded);
  }
}
