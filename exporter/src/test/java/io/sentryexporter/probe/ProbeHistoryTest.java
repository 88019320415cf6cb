package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sentryexporter.probe.ProbeHistory.TargetState;
import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.text.SecretRedactor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeHistoryTest {
  private final ProbeHistory history = new ProbeHistory(3);

  @Test
  void theNewestComeFirst() {
    add("a", true);
    add("b", true);
    assertThat(targets()).containsExactly("b", "a");
  }

  @Test
  void aFailureOutlivesAFloodOfSuccesses() {
    add("broken", false);
    for (int i = 0; i < 100; i++) {
      add("fine", true);
    }
    assertThat(targets()).containsExactly("fine", "fine", "fine", "broken");
  }

  @Test
  void noMoreFailuresThanTheLimitOutlive() {
    for (int i = 1; i <= 10; i++) {
      add("broken" + i, false);
    }
    assertThat(targets())
        .containsExactly("broken10", "broken9", "broken8", "broken7", "broken6", "broken5");
  }

  @Test
  void aProbeIsFoundByItsNumberWhileItIsKept() {
    add("first", true);
    assertThat(history.byId(1)).isNotNull();
    for (int i = 0; i < 3; i++) {
      add("later", true);
    }
    assertThat(history.byId(1)).isNull();
    assertThat(history.byId(99)).isNull();
  }

  @Test
  void theNewestOfATargetIsFoundByItsNameAndModule() {
    var older = trace("one", "web");
    var newer = trace("two", "web");
    history.add(Instant.EPOCH, result(true, older));
    history.add(Instant.EPOCH, result(true, newer));
    assertThat(history.byTarget("web", null)).extracting(ProbeRecord::trace).isSameAs(newer);
    assertThat(history.byTarget("web", "one")).extracting(ProbeRecord::trace).isSameAs(older);
    assertThat(history.byTarget("api", null)).isNull();
  }

  @Test
  void withALimitOf0NothingIsKept() {
    var none = new ProbeHistory(0);
    none.add(Instant.EPOCH, result(false, trace("sentry", "web")));
    assertThat(none.newestFirst()).isEmpty();
  }

  @Test
  void aTargetFailsSinceTheFirstOfItsFailuresInARow() {
    addAt(0, "web", false);
    addAt(60, "web", true);
    addAt(120, "web", false);
    addAt(180, "web", false);
    addAt(181, "api", true);

    assertThat(history.states(at(200)))
        .extracting(TargetState::target, TargetState::probed, TargetState::failingSince)
        .containsExactly(tuple("web", at(180), at(120)), tuple("api", at(181), null));
    assertThat(history.states(at(200)).getFirst().cause())
        .isEqualTo(new Failure(Reason.TIMEOUT, "no answer before the deadline"));
  }

  @Test
  void theStateOfATargetDoesNotDependOnTheProbesThatAreKept() {
    for (int i = 0; i < 500; i++) {
      addAt(i, "project-" + i, i % 10 != 0);
    }
    assertThat(history.newestFirst()).hasSizeLessThan(10);
    assertThat(history.states(at(500))).hasSize(500);
    assertThat(history.states(at(500)).stream().filter(one -> one.failingSince() != null))
        .hasSize(50);
  }

  @Test
  void aTargetThatIsNotProbedAnyMoreIsForgottenAfterAnHour() {
    addAt(0, "gone", false);
    addAt(1, "web", false);

    assertThat(history.states(at(3600))).hasSize(2);
    assertThat(history.states(at(3601))).extracting(TargetState::target).containsExactly("web");
    addAt(7200, "web", false);
    assertThat(history.states(at(7200)))
        .extracting(TargetState::failingSince)
        .as("of probes that far apart, nothing is known between them")
        .containsExactly(at(7200));
  }

  @Test
  void ofMoreTargetsThanTheLimitThoseProbedLongestAgoAreForgotten() {
    for (int i = 0; i < ProbeHistory.MOST_TARGETS; i++) {
      addAt(0, "project-" + i, true);
    }
    addAt(1, "project-0", true);
    addAt(1, "one-more", true);

    assertThat(history.states(at(1)))
        .hasSize(ProbeHistory.MOST_TARGETS)
        .extracting(TargetState::target)
        .contains("project-0", "project-2", "one-more")
        .doesNotContain("project-1");
  }

  private void addAt(int seconds, String target, boolean success) {
    history.add(at(seconds), result(success, trace("sentry", target)));
  }

  private static Instant at(int seconds) {
    return Instant.EPOCH.plusSeconds(seconds);
  }

  private void add(String target, boolean success) {
    history.add(Instant.EPOCH, result(success, trace("sentry", target)));
  }

  private static Trace trace(String module, String target) {
    return new Trace(() -> Instant.EPOCH, module, target, SecretRedactor.NONE);
  }

  private static ProbeResult result(boolean success, Trace trace) {
    var cause = success ? null : new Failure(Reason.TIMEOUT, "no answer before the deadline");
    return new ProbeResult(trace, cause, null, Duration.ZERO, List.of());
  }

  private List<String> targets() {
    return history.newestFirst().stream().map(ProbeRecord::target).toList();
  }
}
