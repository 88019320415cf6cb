package io.sentryexporter.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.simulation.World.Reply;
import io.sentryexporter.simulator.world.History.Stream;
import io.sentryexporter.text.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WorldTest {
  private static final Instant START = Instant.parse("2026-11-18T05:00:00Z");
  private static final Instant MONTH = Instant.parse("2026-11-01T00:00:00Z");
  private static final Stream ERRORS = Stream.of("p0", "error", "accepted", "none");
  private static final String STATS =
      "/api/0/organizations/acme/stats_v2/?start=2026-11-01T00:00:00Z&end=2026-11-18T06:00:00Z"
          + "&interval=1d&field=sum(quantity)&groupBy=outcome&groupBy=category&groupBy=project"
          + "&project=-1";
  private static final String PROJECTS = "/api/0/organizations/acme/projects/?all_projects=1";

  private static World world(String faults) {
    return new World(story(faults));
  }

  private static Story story(String faults) {
    return Story.parse(
        "seed=5 start="
            + START
            + " length=3h exporters=1 scrapers=1 projects=3 interval=1m timeout=10s refresh=1m"
            + " max_stale=5m epoch=month sessions=false limit=3 faults="
            + faults);
  }

  private static Instant after(int minutes) {
    return START.plus(Duration.ofMinutes(minutes));
  }

  private static Reply reply(World world, String target, Instant at) {
    var token = new Header("Authorization", new Secret("Bearer " + World.TOKEN));
    return world.answer(0, new HttpGet(URI.create(World.URL + target), List.of(token)), at);
  }

  private static HttpAnswer answer(World world, String target, Instant at) {
    return ((Reply.Answered) reply(world, target, at)).answer();
  }

  private static String body(World world, String target, Instant at) {
    HttpAnswer answer = answer(world, target, at);
    assertThat(answer.status()).isEqualTo(200);
    return new String(answer.body(), UTF_8);
  }

  /// What an answer has for accepted errors of a project; -1 for none.
  private static long errors(World world, int project, Instant at) {
    var group =
        Pattern.compile(
            "\"project\":%d,\"outcome\":\"accepted\",\"category\":\"error\"\\},\"totals\":\\{\"sum\\(quantity\\)\":(\\d+)"
                .formatted(World.id(project)));
    var matcher = group.matcher(body(world, STATS, at));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
  }

  @Test
  void anAnswerHasWhatHasHappenedSinceTheStartOfTheMonth() {
    var world = world("");
    long before = errors(world, 0, after(10));

    assertThat(before).isEqualTo(world.events().known(ERRORS, MONTH, after(10).minusSeconds(1)));
    assertThat(before).isGreaterThan(420_000);
    assertThat(errors(world, 0, after(11))).isGreaterThan(before);
    assertThat(errors(world, 1, after(10))).isBetween(1L, 60L);
  }

  @Test
  void theSameRequestAtTheSameTimeHasTheSameAnswer() {
    assertThat(body(world(""), STATS, after(10))).isEqualTo(body(world(""), STATS, after(10)));
  }

  @Test
  void answersThatAreOldOrTooLowOrCorrectedAreBelowTheTruth() {
    var world = world("lag@10m+5m*60#0,dip@20m+5m*30#0,correction@30m+0s*10#0");
    long truth = world.events().known(ERRORS, MONTH, after(14));

    assertThat(errors(world, 0, after(14)))
        .isEqualTo(world.events().known(ERRORS, MONTH, after(13).minusSeconds(1)))
        .isLessThan(truth);
    assertThat(errors(world, 0, after(21))).isLessThan(truth * 8 / 10);
    assertThat(errors(world, 0, after(26))).isGreaterThan(truth);
    assertThat(errors(world, 0, after(31)))
        .isBetween(truth * 8 / 10, truth * 91 / 100)
        .isEqualTo(world.events().reported(ERRORS, MONTH, after(31)));
    assertThat(world.events().lowest(ERRORS, MONTH, after(0), after(31)))
        .isEqualTo(world.events().reported(ERRORS, MONTH, after(20)));
  }

  @Test
  void lateEventsComeInTheEnd() {
    var world = world("late@10m+20m*1800#0");
    var without = world("");

    assertThat(errors(world, 0, after(25))).isLessThan(errors(without, 0, after(25)) - 100);
    assertThat(errors(world, 0, after(70))).isEqualTo(errors(without, 0, after(70)));
  }

  @Test
  void faultsOfTheWireAreWhatTheyAreCalled() {
    var world =
        world(
            "too_many@1m+1m*30#0,too_many_bare@2m+1m*0#0,server_error@3m+1m*502#0,"
                + "garbage@4m+1m*0#0,closed@5m+1m*0#0,hang@6m+1m*0#0,proxy_404@7m+1m*0#0,"
                + "forgets_404@8m+1m*0#2,slow@9m+1m*5000#0,too_many@10m+1m*31#0");

    assertThat(answer(world, STATS, after(1)).status()).isEqualTo(429);
    assertThat(answer(world, STATS, after(1)).headers().first("Retry-After")).contains("30");
    assertThat(answer(world, STATS, after(2)).headers().toString())
        .isEqualTo("[Content-Type, Date]");
    assertThat(answer(world, STATS, after(3)).status()).isEqualTo(502);
    assertThat(body(world, STATS, after(4))).doesNotEndWith("}");
    assertThat(reply(world, STATS, after(5)))
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(HttpFailure.BrokenOff.class));
    assertThat(reply(world, STATS, after(6))).isInstanceOf(Reply.Hung.class);
    assertThat(answer(world, STATS, after(7)).status()).isEqualTo(404);
    assertThat(answer(world, STATS, after(8)).status()).isEqualTo(404);
    assertThat(answer(world, PROJECTS, after(8)).status()).isEqualTo(200);
    assertThat(reply(world, STATS, after(9)).latency()).isGreaterThan(Duration.ofSeconds(5));
    assertThat(answer(world, STATS, after(10)).headers().first("X-Sentry-Rate-Limit-Reset"))
        .contains("" + after(10).plusSeconds(31).getEpochSecond());
    assertThat(answer(world, STATS, after(11)).status()).isEqualTo(200);
  }

  @Test
  void moreRequestsInASecondThanTheLimitAreRefused() {
    var world = world("");

    assertThat(List.of(1, 2, 3))
        .allSatisfy(_ -> assertThat(answer(world, STATS, after(1)).status()).isEqualTo(200));
    assertThat(answer(world, STATS, after(1).plusMillis(900)).status()).isEqualTo(429);
    assertThat(answer(world, PROJECTS, after(1)).status()).isEqualTo(200);
    assertThat(answer(world, STATS, after(1).plusSeconds(1)).status()).isEqualTo(200);
  }

  @Test
  void projectsAreRenamedSwappedDeletedCreatedAndForAMomentNotListed() {
    var world =
        world(
            "rename@10m+0s*0#1,swap@20m+0s*0#2,delete@30m+0s*0#1,create@40m+0s*0#0,"
                + "short_list@50m+1m*0#2");

    assertThat(slugs(world, after(9))).containsExactly("p0", "p1", "p2");
    assertThat(slugs(world, after(10))).containsExactly("p0", "p2", "r1");
    assertThat(answer(world, "/api/0/projects/acme/p1/", after(10)).status()).isEqualTo(200);
    assertThat(world.slugs(after(20))).containsEntry(0, "p2").containsEntry(2, "p0");
    assertThat(body(world, PROJECTS, after(20)))
        .contains("\"id\":\"%d\",\"slug\":\"p2\"".formatted(World.id(0)));
    assertThat(slugs(world, after(30))).containsExactly("p0", "p2");
    assertThat(slugs(world, after(40))).containsExactly("p0", "p2", "p3");
    assertThat(body(world, PROJECTS, after(40))).contains("\"dateCreated\":\"" + after(40) + "\"");
    assertThat(slugs(world, after(50))).containsExactly("p2", "p3");
    assertThat(slugs(world, after(51))).containsExactly("p0", "p2", "p3");
    assertThat(errors(world, 0, after(20))).isGreaterThan(420_000);
    assertThat(errors(world, 3, after(40))).isEqualTo(-1);
    assertThat(errors(world, 3, after(50))).isBetween(50L, 200L);
  }

  private static List<String> slugs(World world, Instant at) {
    return Pattern.compile("\"id\":\"\\d+\",\"slug\":\"(\\w+)\"")
        .matcher(body(world, PROJECTS, at))
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  @Test
  void aProjectThatStatisticsLeaveOutIsStillInTheirSum() {
    var world = world("missing@10m+1m*0#0");

    assertThat(errors(world, 0, after(10))).isEqualTo(-1);
    assertThat(errors(world, 2, after(10))).isGreaterThan(5_000);
    assertThat(body(world, STATS.replace("&groupBy=project", ""), after(10)))
        .containsPattern("\"error\"\\},\"totals\":\\{\"sum\\(quantity\\)\":4\\d{5}");
  }

  @Test
  void clocksThatAreWrongShowOtherTimes() {
    var world = world("sentry_clock@10m+1m*90#0,exporter_clock@20m+1m*-600#0");

    assertThat(answer(world, STATS, after(10)).headers().first("Date"))
        .contains("Wed, 18 Nov 2026 05:11:30 GMT");
    assertThat(world.exporterClock(0, after(20))).isEqualTo(after(10));
    assertThat(world.exporterClock(1, after(20))).isEqualTo(after(20));
  }
}
