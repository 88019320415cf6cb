package io.sentryexporter.sentry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Endpoint;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiGetTest {
  private static final URI SERVER = URI.create("https://sentry.example/prefix");

  @Test
  void theAddressIsTheServersWithPathAndQueryInOrder() {
    var request =
        new ApiGet(
            Endpoint.ORGANIZATION_STATS_V2,
            List.of("acme"),
            List.of(
                new ApiGet.Parameter("field", "sum(quantity)"),
                new ApiGet.Parameter("groupBy", "outcome"),
                new ApiGet.Parameter("groupBy", "project"),
                new ApiGet.Parameter("project", "-1")));
    assertThat(request.address(SERVER))
        .hasToString(
            "https://sentry.example/prefix/api/0/organizations/acme/stats_v2/"
                + "?field=sum%28quantity%29&groupBy=outcome&groupBy=project&project=-1");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "a?b#c, a%3Fb%23c",
    "%2e%2e, %252e%252e",
    "a b+c, a%20b%2Bc",
    "a;b@c:d, a%3Bb%40c%3Ad",
    "ü, %C3%BC",
    "$1, %241",
    "..., ...",
  })
  void aSegmentStaysOne(String text, String escaped) {
    assertThat(projects(text).escapedPath())
        .isEqualTo("/api/0/organizations/" + escaped + "/projects/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void aSegmentThatLeadsElsewhereIsRefused(String text) {
    assertThatThrownBy(() -> projects(text).escapedPath())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void asManySegmentsAsBracesAreNeeded() {
    assertThatThrownBy(() -> new ApiGet(Endpoint.PROJECT, List.of("acme"), List.of()).escapedPath())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new ApiGet(Endpoint.PROJECTS, List.of("a", "b"), List.of()).escapedPath())
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ApiGet projects(String organization) {
    return new ApiGet(Endpoint.PROJECTS, List.of(organization), List.of());
  }
}
