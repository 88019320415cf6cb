package io.sentryexporter.simulator.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.Client;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class StatsV2Test {
  private static final String STATS = "/api/0/organizations/acme/stats_v2/?";

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(7).withOrganization("empty", 0).withOrganization("big", 700),
          ServerOptions.onLoopback(TestClock.at("2021-03-14T12:27:28Z")));

  @AutoClose private final Client client = new Client(sentry);

  @Test
  void daysAreFlooredAndCeiledSoThatTheEndLiesInTheFuture() throws Exception {
    var answer =
        client.json(
            STATS
                + "statsPeriod=2d&interval=1d&field=sum(quantity)&field=sum(times_seen)"
                + "&groupBy=category&groupBy=outcome&groupBy=reason");

    assertThat(answer.get("start").asString()).isEqualTo("2021-03-12T00:00:00Z");
    assertThat(answer.get("end").asString()).isEqualTo("2021-03-15T00:00:00Z");
    assertThat(texts(answer.get("intervals")))
        .containsExactly("2021-03-12T00:00:00Z", "2021-03-13T00:00:00Z", "2021-03-14T00:00:00Z");
    assertThat(answer.get("groups"))
        .isNotEmpty()
        .allSatisfy(group -> {
          assertThat(group.get("by").propertyNames())
              .containsExactlyInAnyOrder("category", "outcome", "reason");
          assertThat(sum(group.at("/series/sum(quantity)")))
              .isEqualTo(group.at("/totals/sum(quantity)").asLong())
              .isPositive();
        });
  }

  @Test
  void aQuarterOfAnHourIsAnInterval() throws Exception {
    var answer =
        client.json(STATS + "statsPeriod=1h&interval=15m&field=sum(quantity)&category=error");

    assertThat(texts(answer.get("intervals")))
        .containsExactly(
            "2021-03-14T11:15:00Z",
            "2021-03-14T11:30:00Z",
            "2021-03-14T11:45:00Z",
            "2021-03-14T12:00:00Z",
            "2021-03-14T12:15:00Z");
    assertThat(answer.get("groups")).hasSize(1);
    assertThat(answer.at("/groups/0/by")).isEmpty();
  }

  @Test
  void groupedByProjectThereAreTotalsOnly() throws Exception {
    var answer =
        client.json(
            STATS
                + "statsPeriod=1d&interval=1d&field=sum(times_seen)&groupBy=project&category=error");

    assertThat(answer.propertyNames()).containsExactlyInAnyOrder("start", "end", "groups");
    assertThat(answer.get("groups"))
        .hasSize(11) // one of the twelve is silent: absent, not zero
        .allSatisfy(group -> {
          assertThat(group.propertyNames()).containsExactlyInAnyOrder("by", "totals");
          assertThat(group.at("/by/project").isIntegralNumber()).isTrue();
        });
  }

  @Test
  void theThreeErrorCategoriesAreShownAsOne() throws Exception {
    var categories =
        client
            .json(STATS + "statsPeriod=1d&interval=1d&field=sum(quantity)&groupBy=category")
            .get("groups")
            .valueStream()
            .map(group -> group.at("/by/category").asString())
            .toList();

    assertThat(categories)
        .contains("error", "transaction", "attachment", "session", "replay", "span")
        .doesNotContain("default", "security")
        .doesNotHaveDuplicates();
  }

  @Test
  void attachmentsAreBytesAndTheirItemsAreCounted() throws Exception {
    var attachments =
        client.json(
            STATS
                + "statsPeriod=1d&interval=1d&field=sum(quantity)&field=sum(times_seen)"
                + "&category=attachment");
    var items =
        client.json(
            STATS + "statsPeriod=1d&interval=1d&field=sum(quantity)&category=attachment_item");

    assertThat(attachments.at("/groups/0/totals/sum(times_seen)").asLong())
        .isEqualTo(items.at("/groups/0/totals/sum(quantity)").asLong())
        .isPositive();
    assertThat(attachments.at("/groups/0/totals/sum(quantity)").asLong())
        .isGreaterThan(items.at("/groups/0/totals/sum(quantity)").asLong() * 1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "start=2021-03-14T00:00:00Z&end=2021-03-14T12:00:00Z",
        "start=2021-03-14T00:00:00&end=2021-03-14T12:00:00",
        "start=2021-03-14T01:00:00%2B01:00&end=2021-03-14T13:00:00%2B01:00",
        "start=2021-03-14&end=1615723200",
        "start=1615680000&end=1615723200.0",
      })
  void aRangeIsTakenAsDateOrAsEpochSeconds(String range) throws Exception {
    var answer = client.json(STATS + range + "&field=sum(quantity)&category=error");

    assertThat(answer.get("start").asString()).isEqualTo("2021-03-14T00:00:00Z");
    assertThat(answer.get("end").asString()).isEqualTo("2021-03-14T12:00:00Z");
    assertThat(answer.get("intervals")).hasSize(12);
  }

  @Test
  void aRangeInTheFutureBeginsWithThePresentBucketAndIsEmptyBeyond() throws Exception {
    var answer =
        client.json(
            STATS
                + "start=2021-03-15T00:00:00Z&end=2021-03-16T00:00:00Z&interval=1h"
                + "&field=sum(quantity)&category=error");

    assertThat(answer.get("start").asString()).isEqualTo("2021-03-14T12:00:00Z");
    var series = answer.at("/groups/0/series/sum(quantity)");
    assertThat(series.get(0).asLong()).isPositive().isEqualTo(sum(series));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          category=error                                                  | At least one "field" is required.
          field=sum(quantity)&statsPeriod=1d                              | Query must have category as groupby or filter
          field=sum(quantity)&statsPeriod=1d&category=scoobydoo           | Invalid category: "scoobydoo"
          field=sum(quantity)&statsPeriod=1d&category=error&outcome=scoobydoo | Invalid outcome: "scoobydoo"
          field=summ(qarntity)&statsPeriod=1d&category=error              | Invalid field: "summ(qarntity)"
          field=sum(quantity)&statsPeriod=1d&groupBy=category_            | Invalid groupBy: "category_"
          field=sum(quantity)&statsPeriod=1d&category=attachment&category=error | if filtering by attachment no other category may be present
          field=sum(quantity)&category=error&start=2021-03-14             | start and end are both required
          field=sum(quantity)&category=error&end=2021-03-14               | start and end are both required
          field=sum(quantity)&category=error&start=2021-03-14&end=2021-03-13 | start must be before end
          field=sum(quantity)&category=error&start=soon&end=2021-03-13    | soon is not a valid ISO8601 date query
          field=sum(quantity)&category=error&statsPeriod=foo              | Invalid statsPeriod: 'foo'
          field=sum(quantity)&category=error&statsPeriod=1d&interval=7h   | The interval should divide one day without a remainder.
          field=sum(quantity)&category=error&statsPeriod=1d&interval=2d   | The interval has to be less than one day.
          field=sum(quantity)&category=error&statsPeriod=1d&interval=30s  | The interval has to be a multiple of the minimum interval of one minute.
          field=sum(quantity)&category=error                              | Your interval and date range would create too many results. Use a larger interval, or a smaller date range.
          field=sum(quantity)&category=error&statsPeriod=1d&project=web   | Invalid project parameter. Values must be numbers.
          """)
  void whatSentryRefusesIsRefused(String query, String detail) throws Exception {
    var response = client.get(STATS + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString()).isEqualTo(detail);
  }

  @Test
  void noProjectToGroupByIsRefused() throws Exception {
    var response =
        client.get(
            "/api/0/organizations/empty/stats_v2/?field=sum(quantity)&statsPeriod=1d"
                + "&category=error&groupBy=project");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.parse(response.body()).get("detail").asString())
        .isEqualTo("No projects available");
  }

  @Test
  void anotherOrganizationsProjectIsForbidden() throws Exception {
    var id = client.json("/api/0/projects/globex/orders/").get("id").asString();

    assertThat(
            client
                .get(STATS + "field=sum(quantity)&statsPeriod=1d&category=error&project=" + id)
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void oneProjectHasItsSeriesWhenRequestedAlone() throws Exception {
    var id = client.json("/api/0/projects/acme/web/").get("id").asString();
    var query = "field=sum(quantity)&statsPeriod=1d&interval=1h&category=error";
    var alone = client.json(STATS + query + "&project=" + id);
    var grouped = client.json(STATS + query + "&groupBy=project&project=-1");

    var total =
        grouped
            .get("groups")
            .valueStream()
            .filter(group -> group.at("/by/project").asString().equals(id))
            .mapToLong(group -> group.at("/totals/sum(quantity)").asLong())
            .sum();
    assertThat(sum(alone.at("/groups/0/series/sum(quantity)"))).isEqualTo(total).isPositive();
  }

  @Test
  void moreThanTenThousandRowsAreCutShortInSilence() throws Exception {
    var answer =
        client.json(
            "/api/0/organizations/big/stats_v2/?field=sum(quantity)&statsPeriod=30d&interval=1d"
                + "&groupBy=outcome&groupBy=category&groupBy=reason&groupBy=project");

    // error, default and security are three rows of the ten thousand, and fewer groups
    assertThat(answer.get("groups").size()).isBetween(8_000, 9_999);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static long sum(JsonNode array) {
    return array.valueStream().mapToLong(JsonNode::asLong).sum();
  }
}
