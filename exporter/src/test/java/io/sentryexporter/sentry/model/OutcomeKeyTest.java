package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutcomeKeyTest {
  @Test
  void namesThatLabelsWouldShowAlikeStayApart() throws Exception {
    String start = "c".repeat(128);
    var totals = new Totals.Builder();
    totals.add(1, new OutcomeKey(start + "a", "accepted"), 5);
    totals.add(1, new OutcomeKey(start + "b", "accepted"), 7);
    totals.add(1, new OutcomeKey("new\nline", "accepted"), 1);
    totals.add(1, new OutcomeKey("new\rline", "accepted"), 2);

    assertThat(totals.build(Instant.EPOCH, Instant.EPOCH).of(1).values())
        .containsExactlyInAnyOrder(5L, 7L, 1L, 2L);
  }
}
