package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CategoryName.Unit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {
  @ParameterizedTest
  @CsvSource({
    "error,               EVENTS,  1500, 1500",
    "attachment,          BYTES,   1500, 1500",
    "attachment_item,     EVENTS,  1500, 1500",
    "log_item,            EVENTS,  1500, 1500",
    "log_byte,            BYTES,   1500, 1500",
    "trace_metric_byte,   BYTES,   1500, 1500",
    "profile,             EVENTS,  1500, 1500",
    "profile_duration,    SECONDS, 1500, 1.5",
    "profile_duration_ui, SECONDS, 1500, 1.5",
    "profile_chunk,       EVENTS,  1500, 1500",
    "not_yet_invented,    EVENTS,  1500, 1500",
  })
  void aCategoryIsCountedInTheUnitOfItsName(
      String category, Unit unit, long quantity, double value) {
    assertThat(Unit.of(category)).isEqualTo(unit);
    assertThat(unit.in(quantity)).isEqualTo(value);
  }
}
