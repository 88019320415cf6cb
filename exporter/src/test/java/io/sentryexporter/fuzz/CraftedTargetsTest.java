package io.sentryexporter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.text.Secret;
import java.net.URI;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A share of the crafted targets; `proof/fuzz --targets 10000000` tries them all.
class CraftedTargetsTest {
  private static final int SHARE = 2_000;

  @Test
  void noTargetLeadsAwayFromItsServerOrOutOfItsPath() throws InterruptedException {
    long seed = new Random().nextLong();
    System.out.println("crafted targets of seed " + seed);
    var targets = new CraftedTargets(seed);

    targets.check(SHARE);

    assertThat(targets.refused()).isGreaterThan(SHARE / 10);
    assertThat(targets.asked()).as("%s", targets).isGreaterThan(SHARE / 10);
  }

  @Test
  void theSameSeedCraftsTheSameTargets() {
    var one = new CraftedTargets(7);
    var other = new CraftedTargets(7);
    for (int i = 0; i < 100; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sentry, https://sentry.example:8443/below/api/0/organizations/acme/",
    "projects, https://sentry.example:8443/below/api/0/projects/acme/web/stats/",
    "root, https://[::1]:9000/x/stats/",
  })
  void aRequestBelowItsPrefixIsNoFinding(String module, String address) {
    ProbedServers.check(module, request(address), "/probe");
  }

  @ParameterizedTest
  @CsvSource({
    "sentry, https://evil.example:8443/below/api/0/organizations/acme/",
    "sentry, http://sentry.example:8443/below/api/0/organizations/acme/",
    "sentry, https://sentry.example/below/api/0/organizations/acme/",
    "sentry, https://sentry.example:8443/api/0/organizations/acme/",
    "sentry, https://sentry.example:8443/below/api/0/../x/",
    "sentry, https://sentry.example:8443/below/api/0/%2e%2e/x/",
    "sentry, https://sentry.example:8443/below/api/0/a%2f..%2fx/",
    "projects, https://sentry.example:8443/below/api/0/projects/a%5cx/stats/",
    "projects, https://sentry.example:8443/below/api/0/projects/acme/web/",
    "projects, https://sentry.example:8443/below/api/0/projects/web/stats/?a=b",
    "projects, https://sentry.example:8443/below/api/0/projects/./stats/",
    "none, https://sentry.example:8443/below/api/0/projects/web/stats/",
  })
  void aRequestThatLeadsElsewhereIsAFinding(String module, String address) {
    assertThatThrownBy(() -> ProbedServers.check(module, request(address), "/probe"))
        .isInstanceOf(AssertionError.class);
  }

  private static HttpGet request(String address) {
    var token = new Secret("Bearer " + ProbedServers.TOKEN);
    return new HttpGet(
        URI.create(address),
        List.of(
            new Header("Authorization", token), new Header("Accept", new Secret("text/plain"))));
  }
}
