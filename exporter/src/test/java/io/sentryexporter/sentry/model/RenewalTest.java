package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalTest {
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
    assertThat(Renewal.dueAge(Duration.ofMillis(interval))).isEqualTo(Duration.ofMillis(due));
  }
}
