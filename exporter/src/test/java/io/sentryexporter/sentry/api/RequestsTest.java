package io.sentryexporter.sentry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every request is one that Sentry publishes, but for those that are named here.
class RequestsTest {
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final Counting BY_DAY = Counting.refreshedEach(Duration.ZERO, Epoch.DAY);
  private static final Path PARAMETERS =
      Path.of("simulator/src/test/resources/sentry/openapi-parameters.json");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Events.Search QUERY =
      new Events.Search("errors", "level:error", "count()", List.of("project"), DAY, 20);

  /// Parameters that Sentry takes, though its description does not have them.
  private static final Map<String, String> UNDOCUMENTED =
      Map.of(
          "projects all_projects", "Sentry's own pages get the whole list by it, for years",
          "monitors per_page", "every list of Sentry takes it",
          "client_keys per_page", "every list of Sentry takes it");

  /// Endpoints that Sentry's description does not have.
  private static final Map<Endpoint, String> PRIVATE =
      Map.of(
          UptimeMonitors.ENDPOINT,
          "experimental; the published detectors do not tell whether it is up",
          ServiceInfo.ROOT,
          "of Sentry itself, for years: the scopes of the token",
          ServiceInfo.CLIENT_CONFIG,
          "of Sentry's own pages",
          ServiceInfo.SETTINGS,
          "of GlitchTip's own pages");

  static List<ApiRequest<?>> all() {
    return List.of(
        new Projects("acme"),
        new Projects.ProjectPage("acme", "web"),
        new Outcomes.ByProject("acme", BY_MONTH),
        new Outcomes.ByReason("acme", BY_DAY),
        new Outcomes.OfClosedHour("acme"),
        new Outcomes.Accepted("acme", Instant.parse("2026-11-15T00:00:00Z")),
        new ProjectStats("acme", "web", 2, BY_MONTH),
        new Sessions.Counters("acme", BY_MONTH),
        new Sessions.Health("acme", DAY, true),
        new Releases("acme"),
        new Sessions.HealthByRelease("acme", DAY, true),
        new Issues.Matching("acme", new Issues.Search(List.of(2L), "is:unresolved", Syntax.COMMON)),
        new Issues.Noisiest("acme", null, "", DAY, 10),
        new Monitors("acme"),
        new UptimeMonitors("acme"),
        new ClientKeys("acme"),
        new Events("acme", null, QUERY),
        new ServiceInfo.CallerRequest(),
        new ServiceInfo.ServerRequest());
  }

  /// Every HTTP request that fetches the given data when all fail, in Sentry's form and in
  /// GlitchTip's.
  private static List<ApiGet> requests(ApiRequest<?> request) {
    var failing =
        new RecordedSentry(
            "2026-11-22T10:17:33Z",
            300,
            _ -> {
              throw SentryException.ofStatus("no", 422, 0);
            });
    assertThat(catchThrowable(() -> request.fetch(failing))).isInstanceOf(SentryException.class);
    assertThat(failing.requests()).isNotEmpty();
    return failing.requests();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyParameterIsPublishedOrNamedHere(ApiRequest<?> request) throws IOException {
    for (ApiGet get : requests(request)) {
      if (PRIVATE.containsKey(get.endpoint())) {
        continue;
      }
      for (ApiGet.Parameter parameter : get.query()) {
        String name = get.endpoint().name() + " " + parameter.name();
        JsonNode schema = schema(get.endpoint(), parameter.name());
        if (schema == null) {
          assertThat(UNDOCUMENTED).containsKey(name);
        } else {
          assertThat(allows(schema, parameter.value())).as(name + "=" + parameter.value()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void allProjectsAreRequestedByName(ApiRequest<?> request) {
    var organizationWide = List.of("outcome_reasons", "accepted", "projects", "client_keys");
    var ofAPath = List.of(Endpoint.PROJECT, Endpoint.PROJECT_STATS);
    for (ApiGet get : requests(request)) {
      boolean isOfNone = request.organization().isEmpty();
      if (!isOfNone
          && !organizationWide.contains(request.name())
          && !ofAPath.contains(get.endpoint())) {
        assertThat(RecordedSentry.values(get, "project")).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void projectIsTheLastThatStatisticsAreGroupedBy(ApiRequest<?> request) {
    for (ApiGet get : requests(request)) {
      List<String> groupBy = RecordedSentry.values(get, "groupBy");
      if (get.endpoint().equals(Endpoint.ORGANIZATION_STATS_V2) && groupBy.contains("project")) {
        assertThat(groupBy).endsWith("project");
      }
    }
  }

  /// Traces and the exporter's own metrics name them.
  @Test
  void eachHasANameOfItsOwnAndACollectorThatExists() {
    assertThat(all()).extracting(ApiRequest::name).doesNotHaveDuplicates().doesNotContain("");
    var collectors = CollectorCatalog.types().stream().map(CollectorType::name).toList();
    assertThat(all())
        .filteredOn(request -> !request.organization().isEmpty())
        .allSatisfy(request -> assertThat(collectors).contains(request.collector()));
  }

  /// An extract that is edited to fit would allow everything.
  @Test
  void theParametersAreThoseThatWereTakenFromTheOriginal() {
    assertThat(PARAMETERS)
        .as("compare them with the original as their README says, then their digest belongs here")
        .hasDigest("SHA-256", "5e42f19b75db9fe187fef1c12982d4eba0ab4bdc1450b212a7106f5a79025f51");
  }

  private static @Nullable JsonNode schema(Endpoint endpoint, String parameter) throws IOException {
    String path =
        endpoint
            .path()
            .replace("{organization}", "{organization_id_or_slug}")
            .replace("{project}", "{project_id_or_slug}");
    JsonNode known = tree(PARAMETERS);
    assertThat(known.get("paths").has(path)).as(path).isTrue();
    return parameters(known, path)
        .valueStream()
        .filter(each -> each.get("name").asString().equals(parameter))
        .map(each -> each.get("schema"))
        .findFirst()
        .orElse(null);
  }

  private static boolean allows(JsonNode schema, String value) {
    if (schema.path("type").asString("").equals("array")) {
      return allows(schema.get("items"), value);
    }
    if (schema.has("anyOf")) {
      return schema.get("anyOf").valueStream().anyMatch(each -> allows(each, value));
    }
    if (schema.has("enum")) {
      return schema.get("enum").valueStream().anyMatch(each -> each.asString().equals(value));
    }
    if (schema.path("format").asString("").equals("date-time")) {
      return Instant.parse(value).toString().equals(value);
    }
    return switch (schema.path("type").asString("string")) {
      case "integer" -> value.matches("-?[0-9]+");
      case "number" -> value.matches("[0-9]+");
      case "boolean" -> value.matches("true|false");
      default -> value.length() >= schema.path("minLength").asInt(0);
    };
  }

  private static JsonNode parameters(JsonNode description, String path) {
    return description.get("paths").get(path).get("get").get("parameters");
  }

  private static JsonNode tree(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }
}
