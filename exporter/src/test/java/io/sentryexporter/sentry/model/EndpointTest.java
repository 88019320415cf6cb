package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "https://sentry.io/api/0/projects/acme/web/stats/, project_stats",
    "https://intra.example/sentry/api/0/projects/acme/web/stats/, project_stats",
    "https://sentry.io/api/0/organizations/acme/stats/, organization_stats",
    "https://sentry.io/api/0/organizations/acme/stats_v2/, organization_stats_v2",
    "https://sentry.io/api/0/projects/acme//stats/, other",
    "https://sentry.io/api/0/projects/acme/web/stats, other",
    "https://sentry.io/api/0/projects/acme/web/keys/, other",
    "https://sentry.io/api/0/, other",
    "https://sentry.io/projects/acme/web/stats/, other",
  })
  void anAddressLeadsToItsEndpoint(URI address, String endpoint) {
    assertThat(Endpoint.of(address).name()).isEqualTo(endpoint);
  }
}
