package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.api.Releases;
import io.sentryexporter.sentry.api.Releases.Release;
import io.sentryexporter.sentry.api.Sessions.ReleaseHealth;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleasesCollectorTest {
  private static final Instant DAY = Instant.parse("2026-11-20T10:00:00Z");

  /// Not in Sentry's order, and two of them in two projects.
  private static final Releases.Newest RELEASES =
      releases(
          false,
          release("web@3", DAY.minusSeconds(60), Acme.WEB.id(), 4),
          new Release(
              "mono@9",
              DAY,
              List.of(
                  new Release.InProject(Acme.WEB.id(), 1L),
                  new Release.InProject(Acme.API.id(), 0L))),
          release("web@2", DAY.minusSeconds(3_600), Acme.WEB.id(), 0),
          release("web@1", DAY.minusSeconds(7_200), Acme.WEB.id(), 2),
          release("old@1", DAY.minusMillis(1_500), Acme.GONE, 0));

  private static final List<ReleaseHealth> HEALTH =
      List.of(
          new ReleaseHealth(Acme.WEB.id(), "web@1", 600L, 0.99),
          new ReleaseHealth(Acme.WEB.id(), "web@0", 300L, 0.95),
          new ReleaseHealth(Acme.WEB.id(), "mono@9", 100L, 1.0),
          new ReleaseHealth(Acme.WEB.id(), "web@2", 0L, null));

  @Test
  void anOrganizationHasTheNewestAndTheMostAdoptedOfEachProject() {
    CollectorPage.assertMatches(
        "releases.organization.prom",
        ReleasesCollector.TYPE,
        collector("{newest: 2, top: 2}").families(Acme.ORGANIZATION, RELEASES, HEALTH));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "releases.project.prom",
        ReleasesCollector.TYPE,
        collector("{newest: 2, top: 2}").families(Acme.PROJECT, RELEASES, HEALTH));
  }

  @ParameterizedTest
  @CsvSource({"true, 1.0", "false, 0.0"})
  void aListOfWhichThereIsMoreIsReportedAsTruncated(boolean truncated, String value) {
    var hundred =
        IntStream.range(0, 100)
            .mapToObj(i -> release("web@" + i, DAY.plusSeconds(i), Acme.WEB.id(), 0))
            .toArray(Release[]::new);

    var page =
        CollectorPage.of(
            collector("{}").families(Acme.ORGANIZATION, releases(truncated, hundred), List.of()));

    assertThat(page)
        .contains("sentry_releases_truncated{organization=\"acme\"} " + value, "release=\"web@97\"")
        .doesNotContain("release=\"web@96\"");
  }

  @Test
  void withoutSessionsTheListOfReleasesIsThereAndWithoutTheListTheSessions() {
    var collector = collector("{newest: 2, top: 2}");

    assertThat(CollectorPage.of(collector.families(Acme.ORGANIZATION, RELEASES, null)))
        .contains("sentry_release_created_timestamp_seconds{", "sentry_releases_truncated{")
        .doesNotContain("sentry_release_adoption_ratio{");
    assertThat(CollectorPage.of(collector.families(Acme.ORGANIZATION, null, HEALTH)))
        .contains("sentry_release_adoption_ratio{")
        .doesNotContain("sentry_release_created_timestamp_seconds{", "sentry_releases_truncated");
  }

  @Test
  void aReleaseLacksOnlyWhatSentryDoesNotReport() {
    var undated = new Release("web@3", null, List.of(new Release.InProject(Acme.WEB.id(), null)));

    var page =
        CollectorPage.of(
            collector("{}").families(Acme.ORGANIZATION, releases(false, undated), List.of()));

    assertThat(page)
        .contains("sentry_release_info{organization=\"acme\",project=\"web\",release=\"web@3\"}")
        .doesNotContain("sentry_release_created_timestamp_seconds{", "sentry_release_new_issues{");
  }

  @Test
  void aShareOfSessionsIsAbsentWhereOneOfTheirCountsMakesNoSense() {
    var health =
        List.of(
            new ReleaseHealth(Acme.WEB.id(), "web@1", 600L, 0.99),
            new ReleaseHealth(Acme.WEB.id(), "web@0", null, 0.95),
            new ReleaseHealth(Acme.API.id(), "api@1", 10L, 1.0));

    assertThat(CollectorPage.of(collector("{}").families(Acme.ORGANIZATION, null, health)))
        .contains(
            "sentry_release_crash_free_ratio{organization=\"acme\",project=\"web\","
                + "release=\"web@0\"",
            "sentry_release_adoption_ratio{organization=\"acme\",project=\"api\"")
        .doesNotContain("sentry_release_adoption_ratio{organization=\"acme\",project=\"web\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "newest: 21   | x.yml:1:9: newest: \"21\" is out of range; write 0 to 20",
        "window: 30m  | x.yml:1:9: window: not a whole number of hours from 1h to 2160h; write 1h,"
            + " 24h or 168h",
      })
  void wrongSettingsAreReported(String yaml, String message) {
    assertThat(Acme.problems(ReleasesCollector.TYPE, yaml)).containsExactly(message);
  }

  private static Releases.Newest releases(boolean truncated, Release... newest) {
    return new Releases.Newest(List.of(newest), truncated);
  }

  private static Release release(String version, Instant created, long project, long newIssues) {
    return new Release(version, created, List.of(new Release.InProject(project, newIssues)));
  }

  private static ReleasesCollector collector(String yaml) {
    return (ReleasesCollector) Acme.configured(ReleasesCollector.TYPE, yaml);
  }
}
