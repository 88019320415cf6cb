package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

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

  private void add(String target, boolean success) {
    history.add(Instant.EPOCH, result(success, trace("sentry", target)));
  }

  private static Trace trace(String module, String target) {
    return new Trace(() -> Instant.EPOCH, module, target, SecretRedactor.NONE);
  }

  private static ProbeResult result(boolean success, Trace trace) {
    Failure failure = success ? null : new Failure(Reason.TIMEOUT, "late");
    return new ProbeResult(trace, failure, Duration.ZERO, List.of());
  }

  private List<String> targets() {
    return history.newestFirst().stream().map(ProbeRecord::target).toList();
  }
}
