package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaCollectorTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:17:00Z");

  @Test
  void anOrganizationHasLimitsAndWhatIsUsedOfThem() {
    var collector =
        collector(
            """
            limits: {error: 100000, attachment: 1073741824, profile_duration: 360000, replay: 500}
            period_start_day: 15
            """);
    var period = collector.period(NOW);
    var accepted =
        new Totals(
            period.countedFrom(),
            NOW,
            Map.of(
                Totals.WHOLE_ORGANIZATION,
                Map.of(
                    new OutcomeKey("error", "accepted"), 61_234L,
                    new OutcomeKey("span", "accepted"), 9_000_000_000L,
                    new OutcomeKey("attachment", "accepted"), 1_000_000L,
                    new OutcomeKey("profile_duration", "accepted"), 4_500L)));

    CollectorPage.assertMatches(
        "quota.organization.prom", QuotaCollector.TYPE, collector.families(period, accepted));
  }

  @ParameterizedTest
  @CsvSource({
    "1,  UTC,              2026-11-22T13:17:00Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
    "22, UTC,              2026-11-22T00:00:00Z, 2026-11-22T00:00:00Z, 2026-12-22T00:00:00Z",
    "23, UTC,              2026-11-22T23:59:59Z, 2026-10-23T00:00:00Z, 2026-11-23T00:00:00Z",
    "28, UTC,              2026-03-27T12:00:00Z, 2026-02-28T00:00:00Z, 2026-03-28T00:00:00Z",
    "31, UTC,              2026-02-27T12:00:00Z, 2026-01-31T00:00:00Z, 2026-02-28T00:00:00Z",
    "31, UTC,              2026-02-28T00:00:00Z, 2026-02-28T00:00:00Z, 2026-03-31T00:00:00Z",
    "31, UTC,              2026-03-30T23:59:59Z, 2026-02-28T00:00:00Z, 2026-03-31T00:00:00Z",
    "30, UTC,              2028-02-29T12:00:00Z, 2028-02-29T00:00:00Z, 2028-03-30T00:00:00Z",
    "31, UTC,              2026-12-31T12:00:00Z, 2026-12-31T00:00:00Z, 2027-01-31T00:00:00Z",
    "1,  Europe/Berlin,    2026-04-30T22:30:00Z, 2026-04-30T22:00:00Z, 2026-05-31T22:00:00Z",
    "1,  Europe/Berlin,    2026-11-22T12:00:00Z, 2026-10-31T23:00:00Z, 2026-11-30T23:00:00Z",
    "1,  America/New_York, 2026-05-01T03:00:00Z, 2026-04-01T04:00:00Z, 2026-05-01T04:00:00Z",
  })
  void aPeriodBeginsOnItsDayInItsTimeZone(
      int day, String zone, Instant now, Instant start, Instant end) {
    var collector = collector("{period_start_day: " + day + ", time_zone: " + zone + "}");

    assertThat(collector.period(now)).isEqualTo(new QuotaCollector.Period(start, end));
  }

  @Test
  void whatIsUsedIsCountedFromTheUtcDayInWhichThePeriodBegan() {
    var period = collector("time_zone: Europe/Berlin").period(NOW);

    assertThat(period.countedFrom()).isEqualTo("2026-10-31T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "limits: {error: 5k}     | x.yml:1:17: limits.error: \"5k\" is not a whole number; write"
            + " digits only, such as 100000",
        "limits: {error: -5}     | x.yml:1:17: limits.error: \"-5\" is not a whole number; write"
            + " digits only, such as 100000",
        "limits: {error: }       | x.yml:1:16: limits.error: without a value; write a number, or"
            + " remove the key: no limit",
        "limits: {errors: 5}     | x.yml:1:10: warning: limits: \"errors\" is a category not known"
            + " here; did you mean \"error\"?",
        "period_start_day: 32    | x.yml:1:19: period_start_day: \"32\" is out of range; write 1 to"
            + " 31",
        "time_zone: Europe/Brlin | x.yml:1:12: time_zone: \"Europe/Brlin\" is not a time zone;"
            + " write one such as Europe/Berlin or UTC",
      })
  void wrongSettingsAreReported(String yaml, String message) {
    assertThat(Acme.problems(QuotaCollector.TYPE, yaml)).containsExactly(message);
  }

  private static QuotaCollector collector(String yaml) {
    return (QuotaCollector) Acme.configured(QuotaCollector.TYPE, yaml);
  }
}
