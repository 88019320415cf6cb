package io.sentryexporter.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Holds the simulated Sentry against the published description of the real one.
class SchemaContractTest {
  private static final Path EXTRACT =
      Path.of("simulator/src/test/resources/sentry/openapi-extract.json");
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(Dialects.getOpenApi30());

  private static final String ORGANIZATION = "/api/0/organizations/{organization_id_or_slug}/";
  private static final String PROJECT =
      "/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/";

  @AutoClose
  private final SimulatedSentry sentry =
      SimulatedSentry.start(
          SimulatedWorld.demo(7), ServerOptions.onLoopback(TestClock.at("2026-11-22T10:17:33Z")));

  @AutoClose private final Client client = new Client(sentry);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/0/organizations/                                                 | /api/0/organizations/
          /api/0/organizations/{organization_id_or_slug}/                       | /api/0/organizations/acme/
          /api/0/organizations/{organization_id_or_slug}/projects/              | /api/0/organizations/acme/projects/
          /api/0/organizations/{organization_id_or_slug}/projects/              | /api/0/organizations/acme/projects/?all_projects=1
          /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/       | /api/0/projects/acme/web/
          /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/       | /api/0/projects/acme/sandbox/
          /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/stats/ | /api/0/projects/acme/web/stats/
          /api/0/organizations/{organization_id_or_slug}/stats_v2/              | /api/0/organizations/acme/stats_v2/?field=sum(quantity)&groupBy=category&groupBy=outcome&groupBy=reason&statsPeriod=2d
          /api/0/organizations/{organization_id_or_slug}/sessions/              | /api/0/organizations/acme/sessions/?project=-1&statsPeriod=1d&interval=1d&field=sum(session)&field=count_unique(user)&groupBy=project&groupBy=session.status&groupBy=release&groupBy=environment
          /api/0/organizations/{organization_id_or_slug}/sessions/              | /api/0/organizations/acme/sessions/?statsPeriod=1h&field=crash_rate(session)&field=crash_rate(user)&field=crash_free_rate(session)&field=crash_free_rate(user)
          /api/0/organizations/{organization_id_or_slug}/issues/                | /api/0/organizations/acme/issues/?query=
          /api/0/organizations/{organization_id_or_slug}/releases/              | /api/0/organizations/acme/releases/
          /api/0/organizations/{organization_id_or_slug}/releases/              | /api/0/organizations/acme/releases/?health=1&summaryStatsPeriod=24h&adoptionStages=1
          /api/0/organizations/{organization_id_or_slug}/project-keys/          | /api/0/organizations/acme/project-keys/
          /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/keys/  | /api/0/projects/acme/web/keys/
          /api/0/organizations/{organization_id_or_slug}/teams/                 | /api/0/organizations/acme/teams/
          /api/0/organizations/{organization_id_or_slug}/events/                | /api/0/organizations/acme/events/?dataset=errors&statsPeriod=1h&field=project&field=level&field=count()&field=p95(span.duration)
          """)
  void everyAnswerIsWhatTheSchemaPromises(String path, String request) throws Exception {
    assertThat(violations(path, client.get(request).body())).isEmpty();
  }

  @Test
  void groupingByProjectLeavesOutIntervalsAndSeriesThoughTheSchemaRequiresThem() throws Exception {
    var body =
        client.get(
            "/api/0/organizations/acme/stats_v2/?field=sum(quantity)&statsPeriod=1d&interval=1d"
                + "&category=error&groupBy=outcome&groupBy=project&project=-1");

    assertThat(violations(ORGANIZATION + "stats_v2/", body.body()))
        .extracting(Error::getProperty)
        .containsOnly("intervals", "series");
  }

  static Stream<String> publishedParameters() throws IOException {
    return Stream.of(
            allowed(PROJECT + "stats/", "stat")
                .map(v -> "/api/0/projects/acme/web/stats/?stat=" + v),
            allowed(PROJECT + "stats/", "resolution")
                .map(v -> "/api/0/projects/acme/web/stats/?resolution=" + v),
            allowed(ORGANIZATION + "stats_v2/", "category")
                .map(v -> statsV2("field=sum(quantity)&category=" + v)),
            allowed(ORGANIZATION + "stats_v2/", "outcome")
                .map(v -> statsV2("field=sum(quantity)&category=error&outcome=" + v)),
            allowed(ORGANIZATION + "stats_v2/", "field")
                .map(v -> statsV2("category=error&field=" + v)),
            allowed(ORGANIZATION + "stats_v2/", "groupBy")
                .map(v -> statsV2("field=sum(quantity)&category=error&groupBy=" + v)))
        .flatMap(requests -> requests);
  }

  @ParameterizedTest
  @MethodSource("publishedParameters")
  void everyPublishedValueOfAParameterIsTaken(String request) throws Exception {
    assertThat(client.get(request).statusCode()).isEqualTo(200);
  }

  @Test
  void environmentsOfMonitorsAreAnArrayThoughTheSchemaHasAnObject() throws Exception {
    var body = client.get("/api/0/organizations/acme/monitors/").body();

    assertThat(violations(ORGANIZATION + "monitors/", body))
        .isNotEmpty()
        .allMatch(error -> error.getInstanceLocation().getName(-1).equals("environments"));
  }

  /// An extract that is edited to fit would promise nothing.
  @Test
  void theExtractIsTheOneThatWasTakenFromTheOriginal() {
    assertThat(EXTRACT)
        .as("compare it with the original as its README says, then its digest belongs here")
        .hasDigest("SHA-256", "e840ffd6e68e2013c8ee437d3c89af2c63ffe8881c1ff1eb12b2a35d127b152b");
  }

  private static String statsV2(String query) {
    return "/api/0/organizations/acme/stats_v2/?statsPeriod=1d&interval=1h&" + query;
  }

  private static List<Error> violations(String path, String body) throws IOException {
    Schema schema = SCHEMAS.getSchema(schema(extract(), path));
    return schema.validate(
        Client.parse(body),
        run -> run.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  /// The values a parameter may have, of which the schema must name some.
  private static Stream<String> allowed(String path, String name) throws IOException {
    for (var parameter : parameters(extract(), path)) {
      if (parameter.get("name").asString().equals(name)) {
        var schema = parameter.get("schema");
        var values = schema.has("items") ? schema.get("items").get("enum") : schema.get("enum");
        return values.valueStream().map(JsonNode::asString);
      }
    }
    throw new AssertionError(path + " has no parameter " + name);
  }

  private static JsonNode extract() throws IOException {
    return Client.parse(Files.readString(EXTRACT));
  }

  private static JsonNode parameters(JsonNode description, String path) {
    return description.get("paths").get(path).get("get").get("parameters");
  }

  private static JsonNode schema(JsonNode description, String path) {
    return description.at(
        "/paths/"
            + path.replace("~", "~0").replace("/", "~1")
            + "/get/responses/200/content/application~1json/schema");
  }
}
