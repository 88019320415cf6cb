package io.sentryexporter.sentry.api;

import static io.sentryexporter.sentry.api.RecordedSentry.json;
import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.ClientKeys.ClientKey;
import io.sentryexporter.sentry.api.Issues.Issue;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.api.Monitors.Monitor;
import io.sentryexporter.sentry.api.Releases.Release;
import io.sentryexporter.sentry.api.Sessions.ReleaseHealth;
import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists in the forms that other servers give them, and in none.
class ListsTest {
  private static final Counting BY_DAY = Counting.refreshedEach(Duration.ZERO, Epoch.DAY);
  private static final String NOW = "2026-11-22T10:00:00Z";
  private static final Duration DAY = Duration.ofDays(1);

  private static <T> T answer(ApiRequest<T> request, String body, String... headers)
      throws SentryException, InterruptedException {
    return request.fetch(RecordedSentry.answering(NOW, json(body, headers)));
  }

  @ParameterizedTest
  @CsvSource({
    "150, 1000, 150, false",
    "1000, 1000, 1000, true",
    "0, 1000, 0, false",
    "150, None, 150, false",
    "150,, 150, false",
  })
  void issuesAreCappedWhereSentryStopsCounting(
      String hits, @Nullable String max, long count, boolean truncated) throws Exception {
    String[] headers =
        max == null
            ? new String[] {"X-Hits: " + hits}
            : new String[] {"X-Hits: " + hits, "X-Max-Hits: " + max};

    assertThat(
            answer(
                new Issues.Matching("acme", new Issues.Search(List.of(), "", Syntax.COMMON)),
                "[{}]",
                headers))
        .isEqualTo(new Issues.Count(count, truncated));
  }

  @Test
  void issuesWithoutTheHeaderAreCountedIfThePageIsTheLast() throws Exception {
    assertThat(
            answer(
                new Issues.Matching("acme", new Issues.Search(List.of(7L), "", Syntax.COMMON)),
                "[]"))
        .isEqualTo(new Issues.Count(0, false));
    assertThatThrownBy(() ->
            answer(
                new Issues.Matching("acme", new Issues.Search(List.of(7L), "", Syntax.COMMON)),
                "[{}]",
                "Link: <https://x/>; rel=\"next\"; results=\"true\"; cursor=\"0:1:0\""))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("X-Hits");
  }

  /// The slug of a project stands in paths, where servers may take an escaped slash for one.
  @ParameterizedTest
  @ValueSource(strings = {"a/b", "../b", "..", ".", " ", "a\\u0000b"})
  void aProjectWhoseSlugLeadsElsewhereInAPathIsRefused(String slug) {
    String page = "{\"id\": \"1\", \"slug\": \"" + slug + "\"}";

    assertThatThrownBy(() -> answer(new Projects.ProjectPage("acme", "web"), page))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void aProjectUsesWhatItHasSentOrSetUp() throws Exception {
    String page =
        "{\"id\": \"1\", \"slug\": \"web\", \"hasSessions\": true, \"hasLogs\": false,"
            + " \"hasReplays\": null, \"features\": [\"releases\", \"other\"]}";

    assertThat(answer(new Projects.ProjectPage("acme", "web"), page).facts().uses())
        .containsExactly("sessions", "releases");
  }

  @Test
  void hitsOfManyPartsThatAddUpToMoreThan64BitsAreRefused() {
    var sentry =
        new RecordedSentry(
            "2026-11-22T10:00:00Z",
            11 * ApiGet.MOST_NAMED,
            _ -> RecordedSentry.json("[{}]", "X-Hits: 999999999999999999")) {
          @Override
          public boolean isWhole() {
            return false;
          }
        };

    assertThatThrownBy(() ->
            new Issues.Matching("acme", new Issues.Search(List.of(), "", Syntax.COMMON))
                .fetch(sentry))
        .satisfies(because(Reason.PARSE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "many", "1.5", "99999999999999999999"})
  void hitsThatAreNoNumberAreRefused(String hits) {
    assertThatThrownBy(() ->
            answer(
                new Issues.Matching("acme", new Issues.Search(List.of(), "", Syntax.COMMON)),
                "[{}]",
                "X-Hits: " + hits))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void issuesComeByDescendingNumberAndNoMoreThanRequested() throws Exception {
    String issue =
        "{\"shortId\": \"%s\", \"project\": {\"slug\": \"web\"}, \"level\": null,"
            + " \"substatus\": null, \"count\": \"%d\"}";
    String body =
        "["
            + issue.formatted("A", 1)
            + ","
            + issue.formatted("B", 3)
            + ","
            + issue.formatted("C", 2)
            + "]";

    assertThat(answer(new Issues.Noisiest("acme", null, "", DAY, 2), body))
        .containsExactly(new Issue("B", "web", "", "", 3), new Issue("C", "web", "", "", 2));
  }

  @Test
  void aMonitorOfAnOldServerIsItsOnlyEnvironment() throws Exception {
    var monitors =
        answer(
            new Monitors("acme"),
            """
            [{"slug": "backup", "project": {"slug": "db"}, "status": "disabled",
              "lastCheckIn": null, "nextCheckIn": "2026-11-22T12:00:00Z"}]
            """);

    assertThat(monitors)
        .containsExactly(
            new Monitor(
                "backup",
                "db",
                false,
                List.of(
                    new Monitor.InEnvironment(
                        "",
                        "disabled",
                        false,
                        null,
                        Instant.parse("2026-11-22T12:00:00Z"),
                        null))));
  }

  @Test
  void aMutedMonitorIsMutedInAllItsEnvironments() throws Exception {
    var monitors =
        answer(
            new Monitors("acme"),
            """
            [{"slug": "backup", "project": {"slug": "db"}, "status": "active", "isMuted": true,
              "environments": {"name": "production", "status": "new-status", "lastCheckIn": null}}]
            """);

    assertThat(monitors.getFirst().environments())
        .containsExactly(
            new Monitor.InEnvironment("production", "new-status", true, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"project\": {\"slug\": \"db\"}, \"status\": \"active\", \"environments\": []}]",
        "[{\"slug\": \"a\", \"project\": {}, \"status\": \"active\", \"environments\": []}]",
        "[{\"slug\": \"a\", \"project\": {\"slug\": \"db\"}, \"environments\": []}]",
        "[{\"slug\": \"a\", \"project\": {\"slug\": \"db\"}, \"status\": \"active\","
            + " \"environments\": [{\"name\": \"x\"}]}]",
        "{\"detail\": \"all is well\"}",
      })
  void aMonitorThatLacksSomethingIsRefused(String body) {
    assertThatThrownBy(() -> answer(new Monitors("acme"), body)).satisfies(because(Reason.PARSE));
  }

  @ParameterizedTest
  @CsvSource({"1, active, true, true", "2, active, true, false", "2, disabled, false, false"})
  void anUptimeMonitorIsUpOrNot(int uptime, String status, boolean enabled, boolean up)
      throws Exception {
    String body =
        "[{\"id\": 7, \"projectSlug\": \"web\", \"name\": \"n\", \"environment\": null,"
            + " \"status\": \"%s\", \"uptimeStatus\": %d}]";

    assertThat(answer(new UptimeMonitors("acme"), body.formatted(status, uptime)))
        .containsExactly(new UptimeMonitor("7", "web", "n", "", enabled, up));
    assertThat(answer(new UptimeMonitors("acme"), body.formatted(status, uptime + 2)))
        .containsExactly(new UptimeMonitor("7", "web", "n", "", enabled, null));
  }

  @Test
  void aReleaseLeavesOutProjectsThatTheServerReportsIncompletely() throws Exception {
    String body =
        """
        [{"version": "1.0", "dateCreated": "2026-11-01T00:00:00Z",
          "projects": [{"slug": "web"}, {"id": "2", "slug": "db", "newGroups": 4}]}]
        """;

    assertThat(answer(new Releases("acme"), body).newest())
        .containsExactly(
            new Release(
                "1.0",
                Instant.parse("2026-11-01T00:00:00Z"),
                List.of(new Release.InProject(2, 4L))));
  }

  @Test
  void aKeysLimitOverNoTimeIsNone() throws Exception {
    String body =
        "[{\"id\": \"k\", \"projectId\": \"2\", \"isActive\": false,"
            + " \"rateLimit\": {\"window\": 0, \"count\": 5}, \"secret\": \"s3cret\"}]";

    assertThat(answer(new ClientKeys("acme"), body))
        .containsExactly(new ClientKey("k", 2, false, null));
  }

  @Test
  void aRowWithoutAValueIsLeftOutAndAValueMayBeNegative() throws Exception {
    var query = new Events.Search("spans", "", "avg(x)", List.of("project", "handled"), DAY, 20);
    String body =
        """
        {"data": [{"project": "web", "handled": true, "avg(x)": null},
          {"project": null, "handled": false, "avg(x)": -0.5}], "meta": {}}
        """;

    assertThat(answer(new Events("acme", null, query), body))
        .containsExactly(new Events.Row(List.of("", "false"), -0.5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\": [{\"project\": \"web\"}]}",
        "{\"data\": [{\"count()\": 1}]}",
        "{\"data\": [{\"project\": \"web\", \"count()\": \"1\"}]}",
        "{\"data\": [{\"project\": \"web\", \"count()\": 1e400}]}",
        "{\"meta\": {}}",
        "[]",
      })
  void rowsThatDoNotMatchTheRequestAreRefused(String body) {
    var query = new Events.Search("errors", "", "count()", List.of("project"), DAY, 20);

    assertThatThrownBy(() -> answer(new Events("acme", null, query), body))
        .satisfies(because(Reason.PARSE));
  }

  @Test
  void releasesComeByProject() throws Exception {
    String group =
        "{\"by\": {\"project\": %d, \"release\": \"%s\"}, \"totals\": {\"sum(session)\": %d,"
            + " \"crash_free_rate(session)\": %s}}";
    String body =
        "{\"start\": \"2026-11-21T09:00:00Z\", \"end\": \"2026-11-22T09:00:00Z\", \"groups\": ["
            + String.join(
                ",",
                group.formatted(2, "a", 1, "null"),
                group.formatted(1, "b", 5, "0.5"),
                group.formatted(1, "c", 9, "1"))
            + "]}";

    assertThat(answer(new Sessions.HealthByRelease("acme", DAY, true), body))
        .containsExactly(
            new ReleaseHealth(1, "b", 5L, 0.5),
            new ReleaseHealth(1, "c", 9L, 1.0),
            new ReleaseHealth(2, "a", 1L, null));
  }

  /// The answer to the request for sessions of a day.
  ///
  /// @param totals by project
  /// @param byStatus by project and status
  private static Totals sessions(String totals, String byStatus) throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            4,
            request ->
                json(
                    "{\"start\": \"2026-11-22T00:00:00Z\", \"groups\": [%s]}"
                        .formatted(
                            RecordedSentry.values(request, "groupBy").contains("session.status")
                                ? byStatus
                                : totals)));
    return new Sessions.Counters("acme", BY_DAY).fetch(sentry);
  }

  private static String total(String sessions) {
    return "{\"by\": {\"project\": 1}, \"totals\": {\"sum(session)\": " + sessions + "}}";
  }

  private static String ofStatus(String status, String sessions) {
    return ("{\"by\": {\"project\": 1, \"session.status\": \"%s\"},"
            + " \"totals\": {\"sum(session)\": %s}}")
        .formatted(status, sessions);
  }

  private static OutcomeKey session(String outcome) {
    return new OutcomeKey("session", outcome);
  }

  @Test
  void statusesOfSessionsThatOverlapAreNeverAddedUp() throws Exception {
    String statuses =
        String.join(
            ",",
            ofStatus("healthy", "5"),
            ofStatus("errored", "4"),
            ofStatus("unhandled", "4"),
            ofStatus("crashed", "1"),
            ofStatus("abnormal", "0"));

    assertThat(sessions(total("10"), statuses).of(1))
        .isEqualTo(
            Map.of(
                session("total"), 10L,
                session("errored"), 5L,
                session("crashed"), 1L,
                session("abnormal"), 0L));
  }

  @Test
  void statusesFromAReplicaThatIsBehindDoNotMakeHealthySessionsErroredOnes() throws Exception {
    assertThat(sessions(total("10"), ofStatus("healthy", "8")).of(1))
        .containsEntry(session("errored"), 0L);
    assertThat(sessions(total("10"), ofStatus("healthy", "6") + "," + ofStatus("crashed", "1")))
        .extracting(totals -> totals.of(1).get(session("errored")))
        .isEqualTo(1L);
  }

  @Test
  void aStatusOfSessionsThatIsNotKnownIsNotHealthy() throws Exception {
    assertThat(sessions(total("5"), ofStatus("healthy", "2") + "," + ofStatus("never_heard", "3")))
        .extracting(totals -> totals.of(1).get(session("errored")))
        .isEqualTo(3L);
  }

  @Test
  void moreHealthySessionsThanThereAreInAllAreNoErroredOnes() throws Exception {
    assertThat(sessions(total("5"), ofStatus("healthy", "6")).of(1))
        .containsEntry(session("errored"), 0L);
  }

  @Test
  void sessionsWithoutAnyStatusHaveATotalOnly() throws Exception {
    Totals totals = sessions(total("5"), "");

    assertThat(totals.of(1)).isEqualTo(Map.of(session("total"), 5L));
    assertThat(totals.isZero(1, session("errored"))).isFalse();
    assertThat(totals.isZero(1, session("crashed"))).isFalse();
  }

  @Test
  void aProjectThatHadNoSessionsHasNoneOfAnyKind() throws Exception {
    assertThat(sessions(total("0"), "").of(1))
        .isEqualTo(
            Map.of(
                session("total"), 0L,
                session("errored"), 0L,
                session("crashed"), 0L,
                session("abnormal"), 0L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void crashFreeRatiosAreRequestedOnlyWhereTheServerKnowsThem(boolean isKnown) throws Exception {
    var sentry =
        RecordedSentry.answering(
            NOW,
            json(
                "{\"start\": \"2026-11-21T09:00:00Z\", \"end\": \"2026-11-22T09:00:00Z\","
                    + " \"groups\": []}"));
    new Sessions.Health("acme", DAY, isKnown).fetch(sentry);
    new Sessions.HealthByRelease("acme", DAY, isKnown).fetch(sentry);
    assertThat(sentry.requests())
        .allSatisfy(request ->
            assertThat(RecordedSentry.values(request, "field").toString().contains("crash_free"))
                .isEqualTo(isKnown));
  }

  @Test
  void aCountOfSessionsThatMakesNoSenseCostsOnlyWhatIsMadeOfIt() throws Exception {
    Totals totals =
        sessions(total("10"), ofStatus("healthy", "7") + "," + ofStatus("crashed", "-1"));

    assertThat(totals.of(1))
        .isEqualTo(Map.of(session("total"), 10L, session("errored"), 3L, session("abnormal"), 0L));
    assertThat(totals.isZero(1, session("crashed"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"end\": \"2026-11-22T10:00:00Z\","})
  void healthOverALongerWindowThanRequestedIsRefused(String end) {
    String body = "{\"start\": \"2026-11-21T09:00:00Z\", %s \"groups\": []}".formatted(end);

    assertThatThrownBy(() -> answer(new Sessions.Health("acme", DAY, true), body))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("not at 2026-11-22T09:00:00Z");
  }

  @Test
  void aClosedWindowIsRequestedUntilItsLastSecond() throws Exception {
    var sentry =
        RecordedSentry.answering(
            NOW,
            json(
                "{\"start\": \"2026-11-21T09:00:00Z\", \"end\": \"2026-11-22T09:00:00Z\","
                    + " \"groups\": []}"));

    new Sessions.Health("acme", DAY, true).fetch(sentry);

    ApiGet request = sentry.requests().getFirst();
    assertThat(RecordedSentry.values(request, "start")).containsExactly("2026-11-21T09:00:00Z");
    assertThat(RecordedSentry.values(request, "end")).containsExactly("2026-11-22T08:59:59Z");
  }
}
