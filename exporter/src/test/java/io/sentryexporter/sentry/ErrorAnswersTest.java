package io.sentryexporter.sentry;

import static io.sentryexporter.sentry.SentryScene.MONITORS;
import static io.sentryexporter.sentry.SentryScene.PROJECTS;
import static io.sentryexporter.sentry.SentryScene.STATS;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.SentryScene.Ask;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.SentryError;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Errors that Sentry answers, and what is left of them: a reason and a line.
class ErrorAnswersTest {
  @AutoClose private final SentryScene scene = SentryScene.demo();
  private final SimulatedSentry simulated = scene.simulated;

  @ParameterizedTest
  @EnumSource
  void everySentryErrorHasAReasonAndOneLine(SentryError error) {
    simulated.faults().when(_ -> true, new Fault.Failure(error));
    assertThatThrownBy(() -> scene.get(STATS))
        .isInstanceOf(SentryException.class)
        .hasMessageContaining(error.label().substring(0, 3))
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining(SimulatedSentry.TOKEN);
  }

  @Test
  void aServerErrorIsRetriedOnce() throws Exception {
    simulated.faults().next(1, new Fault.NginxPage(502));
    assertThat(scene.get(STATS)).startsWith("[[");
    assertThat(simulated.requests().total()).isEqualTo(2);
  }

  @Test
  void aQueryTimeoutInSentrysStorageIsATimeout() {
    simulated.faults().next(1, new Fault.Failure(SentryError.QUERY_TIMEOUT));
    assertThatThrownBy(() -> scene.get(STATS))
        .satisfies(because(Reason.TIMEOUT))
        .hasMessageContaining("Query timeout")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aLoginPageIsNotAnAnswer() {
    simulated.faults().next(1, new Fault.HtmlLogin());
    assertThatThrownBy(() -> scene.get(STATS))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("text/html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"404 text/html <h1>Not Found</h1>", "404 text/plain no", "410 text/html gone"})
  void anAnswerThatIsNotSentrysNamesTheUrlToCheck(String answer) {
    String[] words = answer.split(" ", 3);
    simulated
        .faults()
        .when(_ -> true, new Fault.Body(Integer.parseInt(words[0]), words[1], words[2]));
    for (Ask request : List.of(PROJECTS, MONITORS)) {
      assertThatThrownBy(() -> scene.get(request))
          .hasMessageContaining("does not look like Sentry")
          .hasMessageContaining(simulated.url().toString())
          .extracting(failure -> ((SentryException) failure).reason())
          .isEqualTo(Reason.NOT_SENTRY);
    }
  }

  @Test
  void aRedirectToTheSameHostIsFollowedOnceAndNoFurther() throws Exception {
    simulated.faults().next(1, new Fault.RedirectSameHost());
    assertThat(scene.get(STATS)).startsWith("[[");
    simulated.faults().when(_ -> true, new Fault.RedirectLoop());
    assertThatThrownBy(() -> scene.get(PROJECTS)).satisfies(because(Reason.REDIRECT));
    assertThat(simulated.requests().total()).isEqualTo(4);
  }
}
