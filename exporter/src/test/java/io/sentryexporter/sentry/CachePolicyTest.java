package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachePolicyTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "500, 0",
    "1000, 0",
    "3000, 2000",
    "15000, 13500",
    "60000, 54000",
    "300000, 290000",
    "86400000, 86390000"
  })
  void anAnswerIsDueATenthOfItsIntervalEarly(long interval, long due) {
    var policy = new CachePolicy(Duration.ofMillis(interval), Duration.ofDays(2));

    assertThat(policy.dueAge()).isEqualTo(Duration.ofMillis(due));
  }
}
