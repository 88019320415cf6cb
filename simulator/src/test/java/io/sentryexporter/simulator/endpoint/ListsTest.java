package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.IssueBook;
import io.sentryexporter.simulator.world.Release;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Issues, releases, monitors, keys, uptime and the table of events.
class ListsTest {
  private static final String ACME = "/api/0/organizations/acme/";

  // acme/web had a bad release on 2026-11-20 at 14:00
  private final TestClock clock = TestClock.at("2026-11-22T10:17:33Z");

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(7).withOrganization("big", 250), ServerOptions.onLoopback(clock));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void aListOfIssuesReturnsTheirNumberButNotBeyondAThousand() throws Exception {
    var few = client.get(ACME + "issues/?limit=3");
    var many = client.get("/api/0/organizations/big/issues/?limit=1&query=");

    assertThat(Client.parse(few.body())).hasSize(3);
    assertThat(few.headers().firstValueAsLong("X-Hits").orElseThrow()).isBetween(4L, 999L);
    assertThat(few.headers().firstValue("Link").orElseThrow()).contains("cursor=\"3:1:0\"");
    assertThat(many.headers().firstValue("X-Hits")).hasValue("1000");
    assertThat(many.headers().firstValue("X-Max-Hits")).hasValue("1000");
  }

  @Test
  void substatusesAddUpToTheUnresolved() throws Exception {
    var sum = 0L;
    for (var substatus : List.of("new", "ongoing", "escalating", "regressed")) {
      var hits = hits("is:unresolved is:" + substatus);
      assertThat(hits).as(substatus).isPositive();
      sum += hits;
    }

    assertThat(sum).isEqualTo(hits("is:unresolved"));
  }

  @Test
  void levelsAddUpToTheUnresolved() throws Exception {
    assertThat(
            hits("is:unresolved level:[fatal,error]") + hits("is:unresolved !level:[fatal,error]"))
        .isEqualTo(hits("is:unresolved"));
  }

  @Test
  void aBadReleaseBringsIssuesThatEscalate() throws Exception {
    clock.advance(Duration.between(clock.instant(), badRelease().minusSeconds(60)));
    var before = hits("project:web firstSeen:-1h");
    clock.advance(Duration.ofMinutes(10));

    assertThat(hits("project:web firstSeen:-1h")).isGreaterThanOrEqualTo(before + 3);
    assertThat(hits("project:web is:escalating level:fatal")).isPositive();
  }

  @Test
  void issuesAreFoundByTheTimeTheyWereFirstSeen() throws Exception {
    var day = "2026-11-21T10:17:33Z";

    assertThat(hits("firstSeen:-1d")).isPositive().isEqualTo(hits("firstSeen:>" + day));
    assertThat(hits("firstSeen:-1d") + hits("firstSeen:<" + day)).isEqualTo(hits(""));
    assertThat(hits("lastSeen:-1h")).isPositive().isLessThan(hits(""));
  }

  @Test
  void issuesComeInTheRequestedOrder() throws Exception {
    var counts =
        client
            .json(ACME + "issues/?sort=freq&query=")
            .valueStream()
            .map(issue -> -issue.get("count").asLong())
            .toList();
    var births =
        client
            .json(ACME + "issues/?sort=new&query=")
            .valueStream()
            .map(issue -> -Instant.parse(issue.get("firstSeen").asString()).getEpochSecond())
            .toList();

    assertThat(counts).isSorted();
    assertThat(births).isSorted();
  }

  @Test
  void aProjectHasFewerIssuesThanErrors() throws Exception {
    var world = SimulatedWorld.demo(7);
    for (var project : List.of("web", "api", "admin")) {
      var issues = client.json(ACME + "issues/?query=project:" + project).valueStream();
      var accepted =
          world.quantity(
              "acme",
              project,
              "error",
              "accepted",
              clock.instant().minus(Duration.ofDays(IssueBook.KEPT_DAYS)),
              clock.instant());

      assertThat(issues.mapToLong(issue -> issue.get("count").asLong()).sum())
          .as(project)
          .isPositive()
          .isLessThan(accepted);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          query=is:unresolvd   | Error parsing search query: invalid status value of 'unresolvd'
          query=levl:error     | Error parsing search query: unknown key levl
          query=firstSeen:%22%22 | Error parsing search query: empty date for firstSeen
          query=firstSeen:soon | Error parsing search query: invalid date soon for firstSeen
          sort=loudest         | Invalid sort: loudest
          limit=101            | Invalid limit value. Must be between 1 and 100.
          """)
  void aSearchThatSentryDoesNotKnowIsRefused(String query, String detail) throws Exception {
    var response = client.get(ACME + "issues/?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString()).isEqualTo(detail);
  }

  @Test
  void releasesComeNewestFirstAndTheBadOneIsAmongThem() throws Exception {
    var created =
        client
            .json(ACME + "releases/")
            .valueStream()
            .map(release -> -Instant.parse(release.get("dateCreated").asString()).getEpochSecond())
            .toList();
    var web = client.json("/api/0/projects/acme/web/").get("id").asString();
    var bad =
        client
            .json(ACME + "releases/?project=" + web + "&health=1&summaryStatsPeriod=14d")
            .valueStream()
            .filter(
                release -> release.get("dateCreated").asString().equals(badRelease().toString()))
            .findFirst()
            .orElseThrow();

    assertThat(created).isSorted();
    assertThat(bad.get("newGroups").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(bad.at("/projects/0/healthData/crashFreeSessions").asDouble()).isLessThan(95);
    assertThat(bad.at("/projects/0/healthData/totalSessions24h").asLong()).isZero();
  }

  @Test
  void withoutHealthAReleaseHasNone() throws Exception {
    assertThat(
            client
                .json(ACME + "releases/?per_page=1")
                .at("/0/projects/0/healthData")
                .isMissingNode())
        .isTrue();
  }

  @Test
  void aMonitorMissesItsCheckInsDaily() throws Exception {
    var states = new ArrayList<String>();
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-11-23T00:20:00Z")));
    for (var hour = 0; hour < 6; hour++) {
      var environment = client.json(ACME + "monitors/").at("/0/environments/0");
      states.add(environment.get("status").asString());
      assertThat(environment.get("activeIncident").isNull())
          .isEqualTo(environment.get("status").asString().equals("ok"));
      clock.advance(Duration.ofHours(1));
    }

    assertThat(states).containsExactly("ok", "ok", "error", "error", "ok", "ok");
  }

  @Test
  void oneMonitorIsDisabledAndOneMuted() throws Exception {
    var monitors = client.json(ACME + "monitors/");

    assertThat(monitors.valueStream().filter(m -> m.get("status").asString().equals("disabled")))
        .hasSize(1);
    assertThat(monitors.valueStream().filter(m -> m.get("isMuted").asBoolean())).hasSize(1);
  }

  @Test
  void keysAreLimitedUnlimitedAndSwitchedOff() throws Exception {
    var keys = client.json(ACME + "project-keys/").valueStream().toList();
    var active = client.json(ACME + "project-keys/?status=active").size();

    assertThat(keys).anyMatch(key -> key.get("rateLimit").isNull());
    assertThat(keys).anyMatch(key -> key.at("/rateLimit/count").asLong() == 300);
    assertThat(keys).hasSizeGreaterThan(active);
    assertThat(keys).extracting(key -> key.get("secret").asString()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"project-keys/", "monitors/", "releases/", "issues/?query="})
  void everyPageIsFoundByItsCursor(String list) throws Exception {
    var ids = new ArrayList<String>();
    var path = "/api/0/organizations/big/" + list + (list.contains("?") ? "&" : "?");
    var cursor = "";
    do {
      var page = client.get(path + cursor);
      Client.parse(page.body()).forEach(each -> ids.add(each.get("id").asString()));
      var next = page.headers().firstValue("Link").orElseThrow().split(", ", -1)[1];
      cursor =
          next.contains("results=\"true\"")
              ? "cursor=" + next.replaceAll(".*cursor=\"([^\"]*)\".*", "$1")
              : "";
    } while (!cursor.isEmpty());

    assertThat(ids).hasSizeGreaterThan(200).doesNotHaveDuplicates();
  }

  @Test
  void aSiteIsDownAtNoonAndItsChecksAreCounted() throws Exception {
    clock.advance(Duration.between(clock.instant(), Instant.parse("2026-11-22T12:10:00Z")));
    var list = client.json(ACME + "uptime/");
    var ids = list.valueStream().map(each -> each.get("id").asString()).toList();
    var summary =
        client.json(
            ACME
                + "uptime-summary/?statsPeriod=1d&uptimeDetectorId="
                + String.join("&uptimeDetectorId=", ids));

    assertThat(list.valueStream().map(each -> each.get("uptimeStatus").asInt()))
        .containsExactly(1, 2, 2, 1);
    assertThat(summary.get(ids.get(0)).get("failedChecks").asLong()).isZero();
    assertThat(summary.get(ids.get(1)).get("downtimeChecks").asLong()).isPositive();
    assertThat(client.get(ACME + "uptime-summary/").statusCode()).isEqualTo(400);
  }

  /// Sentry does not publish them; the fields are those of its source code.
  @ParameterizedTest
  @CsvSource({
    "uptime/, id projectSlug environment name status uptimeStatus mode owner recoveryThreshold"
        + " downtimeThreshold url method body headers intervalSeconds timeoutMs traceSampling"
        + " assertion",
    "uptime-summary/?statsPeriod=24h&uptimeDetectorId=200200011, totalChecks failedChecks"
        + " downtimeChecks missedWindowChecks avgDurationUs"
  })
  void answersThatAreNotPublishedHaveTheFieldsOfSentrysSource(String request, String fields)
      throws Exception {
    assertThat(first(client.json(ACME + request)).propertyNames())
        .containsExactlyInAnyOrder(fields.split(" ", -1));
  }

  @Test
  void rowsOfAnyGroupingAddUpToTheAcceptedEvents() throws Exception {
    var table = ACME + "events/?dataset=errors&statsPeriod=6h&project=-1&field=count()";
    var accepted =
        client
            .json(
                ACME
                    + "stats_v2/?field=sum(quantity)&category=error&outcome=accepted&interval=1m&start=2026-11-22T04:17:33Z&end=2026-11-22T10:17:33Z")
            .at("/groups/0/totals/sum(quantity)")
            .asLong();
    var whole = counts(client.json(table));

    assertThat(counts(client.json(table + "&field=project&field=level"))).isEqualTo(whole);
    assertThat(counts(client.json(table + "&field=environment&field=release"))).isEqualTo(whole);
    // stats_v2 floors its start to the minute
    assertThat(whole).isPositive().isBetween(accepted * 99 / 100, accepted);
  }

  @Test
  void theTableIsSortedAndFiltered() throws Exception {
    var rows =
        client
            .json(
                ACME
                    + "events/?dataset=errors&statsPeriod=1h&field=project&field=count()&field=p95(span.duration)&sort=-count()&query=level:fatal")
            .get("data");
    var counts = rows.valueStream().map(row -> -row.get("count()").asLong()).toList();

    assertThat(counts).hasSizeGreaterThan(3).isSorted();
    assertThat(rows.get(0).get("p95(span.duration)").isNumber()).isTrue();
  }

  @Test
  void aTableOfMoreThanTwentyFieldsIsRefused() throws Exception {
    var fields = String.join("&", IntStream.range(0, 20).mapToObj(i -> "field=tag" + i).toList());

    assertThat(client.get(ACME + "events/?field=count()&" + fields).statusCode()).isEqualTo(400);
    assertThat(client.get(ACME + "events/?field=nonsense()").statusCode()).isEqualTo(400);
    assertThat(
            client
                .json(ACME + "events/?field=count()&field=tag&statsPeriod=1h")
                .at("/data/0/tag")
                .isNull())
        .isTrue();
  }

  private Instant badRelease() {
    var web = Objects.requireNonNull(SimulatedWorld.demo(7).all().getFirst().project("web"));
    var now = Instant.parse("2026-11-22T10:17:33Z").getEpochSecond();
    var bad = ReleasesEndpoint.kept(web, now).stream().filter(Release::bad).toList().getLast();
    return Instant.ofEpochSecond(bad.created());
  }

  private long hits(String search) throws Exception {
    var query =
        search
            .replace(" ", "%20")
            .replace("[", "%5B")
            .replace("]", "%5D")
            .replace(">", "%3E")
            .replace("<", "%3C");
    return client
        .get(ACME + "issues/?limit=1&query=" + query)
        .headers()
        .firstValueAsLong("X-Hits")
        .orElseThrow();
  }

  private static JsonNode first(JsonNode list) {
    return list.valueStream().findFirst().orElseThrow();
  }

  private static long counts(JsonNode table) {
    return table.get("data").valueStream().mapToLong(row -> row.get("count()").asLong()).sum();
  }
}
