package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class KindTest {
  @Test
  void namesThatLabelsShowAlikeAreAddedUpSoThatNoQuantityIsLost() throws Exception {
    String start = "c".repeat(128);
    var sums = new SumsBuilder();
    sums.add(1, new Kind(start + "a", "accepted"), 5);
    sums.add(1, new Kind(start + "b", "accepted"), 7);
    sums.add(1, new Kind("new\nline", "accepted"), 1);

    assertThat(sums.build(Instant.EPOCH, Instant.EPOCH).of(1))
        .containsOnlyKeys(new Kind(start, "accepted"), new Kind("new\ufffdline", "accepted"))
        .containsEntry(new Kind(start, "accepted"), 12L);
  }
}
