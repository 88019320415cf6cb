package io.sentryexporter.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.History.Stream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Late data, storages that lag behind, and histories made up by tests.
class DeliveryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:17:33Z");
  private static final String MONTH =
      "/api/0/organizations/acme/stats_v2/?start=2026-11-01&end=2026-12-01&interval=1d&project=-1"
          + "&field=sum(quantity)&groupBy=category&groupBy=outcome";
  private static final String ACCEPTED_ERRORS =
      "/api/0/organizations/acme/stats_v2/?start=2026-11-22T10:00:00Z&end=2026-11-22T11:00:00Z"
          + "&interval=1h&field=sum(quantity)&category=error&outcome=accepted";

  private final TestClock clock = new TestClock(NOW);
  private final ServerOptions options = ServerOptions.onLoopback(clock);
  private final SimulatedWorld world = SimulatedWorld.demo(7);

  @Test
  void lateEventsArriveGraduallyAndAllOfThem() {
    var flow = spans();
    var from = NOW.getEpochSecond() - 3_600;
    var until = NOW.getEpochSecond();
    var truth = flow.quantity(from, until);
    var before = -1L;
    for (var age = 0; age <= 2 * 3_600 + 60; age += 20) {
      var known = Delivery.LATE.known(flow, from, until, until + age);
      assertThat(known).as("after %d s", age).isBetween(before, truth);
      before = known;
    }

    assertThat(Delivery.LATE.known(flow, from, until, until)).isLessThan(truth * 99 / 100);
    assertThat(before).isEqualTo(truth);
  }

  @Test
  void thePresentMinuteIsUnknownYet() {
    var now = NOW.getEpochSecond();
    var minute = Math.floorDiv(now, 60L) * 60;

    assertThat(Knowledge.at(now, Delivery.AT_ONCE).quantity(spans(), minute, now)).isPositive();
    assertThat(Knowledge.at(now, Delivery.LATE).quantity(spans(), minute, now)).isZero();
  }

  @Test
  void ofFewEventsAboutTheRightShareIsLateToo() {
    var few = new Rhythm(spans().kind(), 3, 2_000, Rhythm.Pattern.STEADY, 0);
    var until = NOW.getEpochSecond();
    var from = until - 115 * 60;
    var truth = few.quantity(from, until - 180);

    assertThat(Delivery.LATE.known(few, from, until - 180, until))
        .isBetween(truth * 95 / 100, truth)
        .isGreaterThan(60);
  }

  @Test
  void lateStatisticsOfBothGenerationsAgree() throws Exception {
    try (var sentry = SimulatedSentry.start(world, options.withDelivery(Delivery.LATE));
        var client = new Client(sentry)) {
      var id = client.json("/api/0/projects/acme/web/").get("id").asString();
      var hour =
          client.json(
              "/api/0/projects/acme/web/stats/?resolution=1h&since=" + NOW.getEpochSecond());
      var received =
          client.json(
              ACCEPTED_ERRORS
                  + "&outcome=filtered&outcome=rate_limited&groupBy=project&project="
                  + id);

      assertThat(hour.at("/0/1").asLong())
          .isEqualTo(received.at("/groups/0/totals/sum(quantity)").asLong())
          .isLessThan(world.received("acme", "web", Instant.parse("2026-11-22T10:00:00Z"), NOW));
    }
  }

  @Test
  void answersOfAStorageThatLagsGoBackNowAndThenAndTheSameWayEachTime() throws Exception {
    var delivery = Delivery.AT_ONCE.withLag(Duration.ofMinutes(3));
    try (var sentry = SimulatedSentry.start(world, options.withDelivery(delivery));
        var client = new Client(sentry)) {
      var totals = new ArrayList<Long>();
      for (var i = 0; i < 12; i++) {
        totals.add(client.json(ACCEPTED_ERRORS).at("/groups/0/totals/sum(quantity)").asLong());
        clock.advance(Duration.ofSeconds(60));
      }

      assertThat(totals).isNotEqualTo(totals.stream().sorted().toList());
      assertThat(totals.getLast()).isGreaterThan(totals.getFirst());
    }
  }

  @Test
  void aMadeUpHistoryIsReturnedByEveryStatistic() throws Exception {
    var errors = Stream.of("web", "error", "accepted", "none");
    var crashes = Stream.ofSessions("web", "crashed");
    var healthy = Stream.ofSessions("web", "healthy");
    History history =
        (stream, from, until, now) ->
            Duration.between(from, until).toMinutes() * (stream.equals(healthy) ? 9 : 1);
    var told = world.withHistory("acme", List.of(errors, crashes, healthy), history);
    try (var sentry = SimulatedSentry.start(told, options);
        var client = new Client(sentry)) {
      var v1 = client.json("/api/0/projects/acme/web/stats/?resolution=1h&since=1795341600");
      var v2 = client.json(ACCEPTED_ERRORS);
      var sessions =
          client.json(
              "/api/0/organizations/acme/sessions/?statsPeriod=2h&field=sum(session)&field=crash_rate(session)");

      assertThat(v1.at("/0/1").asLong()).isEqualTo(17);
      assertThat(v2.at("/groups/0/totals/sum(quantity)").asLong()).isEqualTo(17);
      assertThat(sessions.at("/groups/0/totals/sum(session)").asLong()).isEqualTo(10 * 137);
      assertThat(sessions.at("/groups/0/totals/crash_rate(session)").asDouble()).isEqualTo(0.1);
      assertThat(client.json(MONTH).get("groups")).hasSize(2);
      assertThat(told.quantity("acme", "web", "error", "accepted", NOW.minusSeconds(600), NOW))
          .isEqualTo(10);
    }
  }

  @Test
  void aMadeUpHistoryMayCorrectItself() throws Exception {
    History history = (_, _, _, now) -> now.isBefore(NOW.plusSeconds(60)) ? 100 : 90;
    var told =
        world.withHistory("acme", List.of(Stream.of("web", "error", "accepted", "none")), history);
    try (var sentry = SimulatedSentry.start(told, options);
        var client = new Client(sentry)) {
      var before = client.json(ACCEPTED_ERRORS).at("/groups/0/totals/sum(quantity)").asLong();
      clock.advance(Duration.ofMinutes(1));
      var after = client.json(ACCEPTED_ERRORS).at("/groups/0/totals/sum(quantity)").asLong();

      assertThat(before).isEqualTo(100);
      assertThat(after).isEqualTo(90);
    }
  }

  @Test
  void streamsThatSentryDoesNotHaveAreRefused() {
    assertThatThrownBy(() -> Stream.of("web", "eror", "accepted", "none"))
        .hasMessage("eror or accepted is no category or outcome of Sentry");
    assertThatThrownBy(() -> Stream.ofSessions("web", "fine"))
        .hasMessage("session with session status \"fine\"");
    assertThatThrownBy(() ->
            world.withHistory(
                "acme", List.of(Stream.ofSessions("nothing", "healthy")), (_, _, _, _) -> 0))
        .hasMessage("no project nothing in acme");
    assertThatThrownBy(
            () -> new Delivery(Duration.ofHours(1), 1, Duration.ofMinutes(1), Duration.ZERO))
        .hasMessage("1 % of events arrive PT1M late, others within PT1H");
  }

  /// The largest stream of acme/web.
  private Rhythm spans() {
    var web = Objects.requireNonNull(world.all().getFirst().project("web"));
    return web.flows().stream()
        .map(Rhythm.class::cast)
        .max(Comparator.comparingLong(Rhythm::perDay))
        .orElseThrow();
  }
}
