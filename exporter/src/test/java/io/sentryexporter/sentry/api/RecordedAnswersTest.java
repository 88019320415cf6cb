package io.sentryexporter.sentry.api;

import static io.sentryexporter.sentry.api.RecordedSentry.example;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.ClientKeys.ClientKey;
import io.sentryexporter.sentry.api.Issues.Issue;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.api.Monitors.Monitor;
import io.sentryexporter.sentry.api.Releases.Release;
import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every published answer of a requested endpoint becomes the expected record, or is refused.
class RecordedAnswersTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final Counting BY_DAY = Counting.refreshedEach(Duration.ZERO, Epoch.DAY);
  private static final String NOW = "2026-11-22T10:00:00Z";
  private static final long TOTAL_OF_POINTS = 26_089L;
  private static final Duration DAY = Duration.ofDays(1);

  private static <T> T answer(ApiRequest<T> request, String now, String example)
      throws SentryException, InterruptedException {
    return request.fetch(RecordedSentry.answering(now, example(example)));
  }

  @Test
  void outcomesByProject() throws Exception {
    Totals totals =
        answer(
            new Outcomes.ByProject("acme", BY_MONTH),
            NOW,
            "stats_v2-group-project-outcome-category");

    assertThat(totals)
        .isEqualTo(
            new Totals(
                Instant.parse("2026-11-01T00:00:00Z"),
                Instant.parse(NOW),
                Map.of(
                    2L,
                    Map.of(
                        new OutcomeKey("error", "accepted"), 1_930_571L,
                        new OutcomeKey("error", "filtered"), 34_881L,
                        new OutcomeKey("error", "rate_limited"), 2_506L,
                        new OutcomeKey("error", "client_discard"), 1_942L,
                        new OutcomeKey("span", "accepted"), 19_098_490L,
                        new OutcomeKey("attachment", "accepted"), 73_400_320L),
                    3L,
                    Map.of(
                        new OutcomeKey("error", "accepted"),
                        17L,
                        new OutcomeKey("error", "invalid"),
                        4L))));
  }

  @Test
  void outcomesOfNobody() throws Exception {
    Totals totals =
        answer(new Outcomes.ByProject("acme", BY_DAY), "2021-03-13T12:00:00Z", "stats_v2-empty");

    assertThat(totals.byProject()).isEmpty();
  }

  @Test
  void theShapeOf2020HasNoGroups() {
    assertThatThrownBy(
            () -> answer(new Outcomes.ByProject("acme", BY_MONTH), NOW, "stats_v2-old-shape-2021"))
        .satisfies(because(Reason.UNSUPPORTED));
  }

  @Test
  void anAnswerToAnotherRequestIsRefused() {
    assertThatThrownBy(() ->
            answer(
                new Outcomes.ByProject("acme", BY_DAY),
                "2021-03-13T12:00:00Z",
                "stats_v2-group-project"))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("outcome is missing");
    assertThatThrownBy(
            () -> answer(new Outcomes.ByReason("acme", BY_MONTH), NOW, "stats_v2-schema-example"))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void reasonsOfTheOrganization() throws Exception {
    Totals totals = answer(new AcceptedAndReasons(), "2021-03-14T12:27:28Z", "stats_v2-series");

    assertThat(totals.of(Totals.WHOLE_ORGANIZATION))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                new OutcomeKey("attachment", "rate_limited", "spike_protection"), 1_024L,
                new OutcomeKey("error", "accepted", "none"), 6L,
                new OutcomeKey("profile_duration", "accepted", "none"), 3_000L,
                new OutcomeKey("transaction", "rate_limited", "spike_protection"), 1L));
  }

  /// The example begins two days before its now, which no epoch does.
  private record AcceptedAndReasons() implements ApiRequest<Totals> {
    @Override
    public String name() {
      return "reasons";
    }

    @Override
    public String organization() {
      return "acme";
    }

    @Override
    public Totals fetch(Fetching sentry) throws SentryException, InterruptedException {
      var window = Window.since(Instant.parse("2021-03-12T00:00:00Z"), sentry.now());
      try {
        return new Outcomes("acme", window, "1d").byReason(sentry);
      } catch (Grouped.NotGrouped e) {
        throw e.reason();
      }
    }
  }

  @Test
  void anAnswerAboutAnotherTimeIsRefused() {
    assertThatThrownBy(() ->
            answer(
                new Outcomes.ByProject("acme", BY_DAY),
                NOW,
                "stats_v2-group-project-outcome-category"))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("it begins at 2026-11-01T00:00:00Z, not at 2026-11-22T00:00:00Z");
    assertThatThrownBy(() ->
            answer(
                new Outcomes.Accepted("acme", Instant.parse("2021-03-14T00:00:00Z")),
                "2021-03-14T12:27:28Z",
                "stats_v2-minute"))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void sessionsByProjectAndStatus() throws Exception {
    // The published answer begins on the day before; a request for its month must not take it.
    var body =
        new String(
                example("sessions-group-project").body(), java.nio.charset.StandardCharsets.UTF_8)
            .replace("\"start\": \"2024-01-28", "\"start\": \"2024-01-01");
    String total =
        """
        {"start": "2024-01-01T00:00:00Z", "groups": [
          {"by": {"project": 2}, "totals": {"sum(session)": 17906000}}]}
        """;
    var sentry =
        new RecordedSentry(
            "2024-01-29T12:00:00Z",
            4,
            request ->
                RecordedSentry.json(
                    RecordedSentry.values(request, "groupBy").contains("session.status")
                        ? body
                        : total));
    Totals totals = new Sessions.Counters("acme", BY_MONTH).fetch(sentry);

    assertThat(totals.of(2))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                new OutcomeKey("session", "total"),
                17_906_000L,
                new OutcomeKey("session", "errored"),
                17_906_000L - 17_905_998,
                new OutcomeKey("session", "crashed"),
                57L,
                new OutcomeKey("session", "abnormal"),
                3L));
  }

  @Test
  void sessionsNotByProjectAreRefused() {
    assertThatThrownBy(
            () -> answer(new Sessions.Counters("acme", BY_DAY), "2024-01-29T12:00:00Z", "sessions"))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("the field by.project is missing");
  }

  @Test
  void aRateOfNoSessionsIsNull() throws Exception {
    var body =
        new String(example("sessions-crash-free").body(), java.nio.charset.StandardCharsets.UTF_8)
            .replace("\"totals\": {", "\"totals\": {\"count_unique(user)\": 0,");
    var health =
        new Sessions.Health("acme", Duration.ofDays(2), true)
            .fetch(RecordedSentry.answering("2024-01-30T00:20:00Z", RecordedSentry.json(body)));

    assertThat(health).isEqualTo(Map.of(2L, new Sessions.ProjectHealth(0.9999968, null, 0L)));
  }

  @Test
  void projects() throws Exception {
    var expected =
        new Project(
            3,
            "prime-mover",
            "",
            List.of("powerful-abolitionist"),
            true,
            Instant.parse("2018-11-06T21:19:58.536Z"),
            new Project.Facts(
                "Prime Mover",
                "",
                null,
                true,
                List.of("local"),
                List.of(
                    "sessions", "releases", "transactions", "replays", "profiles", "monitors")));
    // Its Link names a next page, which is the same: another test covers the circle.
    var page =
        RecordedSentry.json(
            new String(
                example("organization-projects").body(), java.nio.charset.StandardCharsets.UTF_8));

    assertThat(new Projects("acme").fetch(RecordedSentry.answering(NOW, page)))
        .containsExactly(expected);
    assertThat(answer(new Projects("acme"), NOW, "organization-projects-with-stats"))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("facts.uses")
        .containsExactly(expected);
    assertThat(Pages.nextCursor(example("organization-projects"))).contains("100:1:0");
  }

  @Test
  void projectStatistics() throws Exception {
    var id = new ProjectStats("acme", "web", 2, BY_DAY);

    Totals totals = answer(id, "2018-11-06T22:00:00Z", "project-stats-v1");

    // The same points for every request: nothing is left as accepted.
    assertThat(totals.of(2))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                new OutcomeKey("error", "accepted"), 0L,
                new OutcomeKey("error", "filtered"), TOTAL_OF_POINTS,
                new OutcomeKey("error", "rate_limited"), TOTAL_OF_POINTS));
  }

  @ParameterizedTest
  @CsvSource({
    "2018-11-06T22:00:00Z, project-stats-v1",
    "2026-08-18T02:00:00Z, project-stats-v1-10s"
  })
  void projectStatisticsOfLessThanTheMonthAreNotTakenForIt(String now, String example) {
    var request = new ProjectStats("acme", "web", 2, BY_MONTH);

    assertThatThrownBy(() -> answer(request, now, example))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("does not cover all days");
  }

  @Test
  void releases() throws Exception {
    assertThat(answer(new Releases("acme"), NOW, "releases-list").newest())
        .containsExactly(
            new Release(
                "frontend@1.0.0",
                Instant.parse("2024-01-01T00:00:00Z"),
                List.of(new Release.InProject(1, 0L))));
  }

  @Test
  void issues() throws Exception {
    assertThat(
            answer(
                new Issues.Matching(
                    "acme", new Issues.Search(List.of(), "is:unresolved", Syntax.COMMON)),
                NOW,
                "issues-list"))
        .isEqualTo(new Issues.Count(150, false));
    assertThat(answer(new Issues.Noisiest("acme", null, "", DAY, 10), NOW, "issues-list"))
        .containsExactly(
            new Issue(
                "PUMP-STATION-1", "pump-station", "error", "archived_until_condition_met", 150));
  }

  @Test
  void monitors() throws Exception {
    assertThat(answer(new Monitors("acme"), NOW, "monitors-list"))
        .containsExactly(
            new Monitor(
                "nightly-backup",
                "pump-station",
                true,
                List.of(
                    new Monitor.InEnvironment(
                        "production",
                        "error",
                        false,
                        Instant.parse("2026-11-22T03:00:05.120Z"),
                        Instant.parse("2026-11-23T03:05:00Z"),
                        Instant.parse("2026-11-22T03:00:05.120Z")),
                    new Monitor.InEnvironment(
                        "staging",
                        "ok",
                        true,
                        Instant.parse("2026-11-22T03:00:02Z"),
                        Instant.parse("2026-11-23T03:05:00Z"),
                        null))));
  }

  @Test
  void uptimeMonitors() throws Exception {
    assertThat(answer(new UptimeMonitors("acme"), NOW, "uptime-list"))
        .containsExactly(
            new UptimeMonitor(
                "234567891",
                "pump-station",
                "Uptime Monitoring for https://example.com",
                "production",
                true,
                true));
  }

  @Test
  void clientKeysWithoutTheirSecrets() throws Exception {
    var keys = answer(new ClientKeys("acme"), NOW, "organization-project-keys");

    assertThat(keys)
        .containsExactly(
            new ClientKey(
                "60120449b6b1d5e45f75561e6dabd80b", 4_505_281_256_090_153L, true, 1_000.0 / 7_200),
            new ClientKey("da8d69cb17e80677b76e08fde4656b93", 4_505_281_256_090_153L, true, null));
  }

  @Test
  void rowsOfASearch() throws Exception {
    var errors = new Events.Search("errors", "", "count()", List.of("project", "level"), DAY, 20);
    var spans = new Events.Search("spans", "", "count()", List.of("transaction"), DAY, 2);

    assertThat(answer(new Events("acme", null, errors), NOW, "events-table-errors-by-project"))
        .containsExactly(
            new Events.Row(List.of("pump-station", "error"), 1184),
            new Events.Row(List.of("prime-mover", "warning"), 12));
    assertThat(answer(new Events("acme", null, spans), NOW, "events-table"))
        .containsExactly(new Events.Row(List.of("baz"), 40), new Events.Row(List.of("bar"), 20));
  }
}
