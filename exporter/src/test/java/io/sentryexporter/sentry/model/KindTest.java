package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class KindTest {
  @Test
  void namesThatLabelsWouldShowAlikeStayApart() throws Exception {
    String start = "c".repeat(128);
    var sums = new SumsBuilder();
    sums.add(1, new Kind(start + "a", "accepted"), 5);
    sums.add(1, new Kind(start + "b", "accepted"), 7);
    sums.add(1, new Kind("new\nline", "accepted"), 1);
    sums.add(1, new Kind("new\rline", "accepted"), 2);

    assertThat(sums.build(Instant.EPOCH, Instant.EPOCH).of(1).values())
        .containsExactlyInAnyOrder(5L, 7L, 1L, 2L);
  }
}
