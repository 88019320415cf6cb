package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which answers are a value to `prober: http`, and the page that shows it.
class DropInAnswerTest {
  @AutoClose private final Scene scene = Scene.http();
  private final SimulatedSentry sentry = scene.sentry();
  private final RunningExporter exporter = scene.exporter();

  @Test
  void aProbeAnswersTheFiveMetricsFirstInTheirOldOrder() {
    String page = exporter.probe("acme/web").assertReceived(scene.received("acme", "web")).text();
    assertThat(
            page.lines()
                .filter(line -> line.startsWith("# TYPE"))
                .limit(5)
                .map(line -> line.split(" ", -1)[2]))
        .containsExactly(
            "sentry_probe_error_received",
            "sentry_probe_status_code",
            "sentry_probe_content_length",
            "sentry_probe_duration_seconds",
            "sentry_probe_success");
    Golden.assertMatches(
        Path.of("exporter/src/test/resources/probe/project.prom"),
        page.replaceAll(
            "(?m)^(sentry_probe_duration_seconds|sentry_probe_data_age_seconds\\{.*}) .*$",
            "$1 0.0"));
  }

  @Test
  void theAnswerIsPrometheusTextWithItsVersion() {
    Reply reply = exporter.probe("acme/web");
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 0",
        "[[1541455200,7]] | 7",
        "[[3, 7]] | 7",
        " [ [ 3 , 7 ] ] | 7",
        "[[1,2.0],[3.0,7.5]] | 7.5",
        "[[3,7],[1,2]] | 7",
        "[[1,2],[3,0]] | 0",
        "[[1,-0.0]] | 0",
        "[[1,9223372036854775807]] | 9223372036854775807",
        "[[1,9223372036854774784]] | 9223372036854774784",
      })
  void theValueIsThatOfTheNewestBucket(String body, double value) {
    sentry.faults().next(1, new Fault.Body(200, "application/json", body));
    exporter.probe("acme/web").assertReceived(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 205, 206})
  void aStatusThatComesWithoutDataIsAFailedProbeWithAnyBody(int status) {
    sentry.faults().next(1, new Fault.Body(status, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertFailed("rejected", status);
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 205})
  void aStatusWithoutDataThatIsNamedAsASuccessIsOne(int status) {
    scene.useSetting("valid_status_codes: [200, " + status + "]");
    sentry.faults().next(1, new Fault.Body(status, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @Test
  void aPartOfTheDataIsNoSuccessEvenIfItsStatusIsNamed() {
    scene.useSetting("valid_status_codes: [206]");
    assertThat(exporter.log()).contains("206 comes with a part of the data only");
    sentry.faults().next(1, new Fault.Body(206, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertFailed("rejected", 206);
  }

  @Test
  void declaredStatusCodesReplaceTheRuleOf2xx() {
    scene.useSetting("valid_status_codes: [401]");
    exporter.probe("acme/web").assertFailed("rejected", 200);
    sentry.faults().next(1, new Fault.Body(401, "application/json", "[[1541455200,7]]"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @Test
  void aBucketOfTheFutureByTheServersClockIsAFailedProbe() {
    long now = scene.clock().instant().getEpochSecond();
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[" + (now + 90) + ",7]]"));
    exporter.probe("acme/web").assertReceived(7);
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[" + (now + 91) + ",7]]"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    String body = "[[1541455200,7],[99999999999,8]]"; // the year 5138
    sentry.faults().next(1, new Fault.Body(200, "application/json", body));
    exporter.probe("acme/web").assertFailed("parse", 200);
  }

  @Test
  void aValueTooLargeToBeExactIsLoggedOnce() {
    for (int i = 0; i < 2; i++) {
      String body = "[[1541455200,9007199254740993]]"; // 2^53 + 1
      sentry.faults().next(1, new Fault.Body(200, "application/json", body));
      exporter.probe("acme/web").assertReceived(9007199254740992.0);
    }
    assertThat(exporter.log()).containsOnlyOnce("a value is beyond 2^53");
  }

  @Test
  void aBodyThatEndsInALineFeedIsFine() {
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[1541455200,7]]\n"));
    exporter.probe("acme/web").assertReceived(7);
  }

  @ParameterizedTest
  @EnumSource(Fault.Garbage.class)
  void aBodyThatIsNotTheExpectedJsonIsAFailedProbe(Fault.Garbage garbage) {
    sentry.faults().next(1, new Fault.GarbageJson(garbage));
    exporter.probe("acme/web").assertFailed("parse", 200);
  }

  @Test
  void aLoginPageWithStatus200IsAFailedProbe() {
    sentry.faults().next(1, new Fault.HtmlLogin());
    exporter.probe("acme/web").assertFailed("parse", 200);
    assertThat(exporter.get("/logs?id=1").text()).contains("text/html").contains("is not [[");
  }

  @Test
  void whatAServerBringsBackOfTheTokenIsHiddenInTheTrace() {
    sentry.faults().next(1, new Fault.Body(200, "text/x-simulated-api-token", "no data"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    sentry.faults().next(1, new Fault.RedirectTo(URI.create("http://SIMULATED-token.example/")));
    exporter.probe("acme/web").assertFailed("redirect", 302);
    assertThat(exporter.get("/logs?id=1").text())
        .contains("text/x-<secret>")
        .doesNotContainIgnoringCase("simulated-api-token");
    assertThat(exporter.get("/logs?id=2").text()).doesNotContainIgnoringCase("simulated-api-token");
    assertThat(exporter.log()).doesNotContainIgnoringCase("simulated-api-token");
  }

  @Test
  void aTraceShowsNoLongerTextThanItsReaderCanUse() {
    String type = "\u0085".repeat(5_000);
    sentry.faults().next(1, new Fault.Body(200, type, "no data"));
    exporter.probe("acme/web").assertFailed("parse", 200);
    assertThat(exporter.get("/logs?id=1").text()).hasSizeLessThan(2_000);
  }

  @Test
  void theLengthOfACompressedOrChunkedAnswerIsMinus1AndItIsDecoded() {
    for (Fault fault : List.of(new Fault.Gzip(), new Fault.Chunked())) {
      sentry.faults().next(1, fault);
      assertThat(
              exporter
                  .probe("acme/web")
                  .assertReceived(scene.received("acme", "web"))
                  .value("sentry_probe_content_length"))
          .isEqualTo(-1);
    }
  }

  @Test
  void anAcceptEncodingOfTheUsersOwnDoesNotKeepTheAnswerCompressed() {
    sentry.faults().next(1, new Fault.Gzip());
    scene.useSetting("headers: {Authorization: Bearer simulated-api-token, Accept-Encoding: gzip}");
    exporter.probe("acme/web").assertReceived(scene.received("acme", "web"));
  }

  @Test
  void theLengthOfAPlainAnswerIsItsContentLength() {
    sentry.faults().next(1, new Fault.Body(200, "application/json", "[[1541455200,7]]"));
    assertThat(exporter.probe("acme/web").value("sentry_probe_content_length")).isEqualTo(16);
  }
}
