package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.RecordingServer;
import io.sentryexporter.testing.RunningExporter;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Organizations whose data is on the server of a region, and where their requests and the token
/// go. `globex` is on the second server, and the first answers for it as well.
class RegionsTest {
  private final SimulatedWorld world = SimulatedWorld.demo(1);
  private final TestClock clock = new TestClock(Scene.START);

  @AutoClose private final SimulatedSentry region = start(Map.of(), Set.of("globex"));
  @AutoClose private final SimulatedSentry main = start(Map.of("globex", region.url()), Set.of());

  @AutoClose
  private final RunningExporter exporter =
      RunningExporter.withClock(RunningExporter.collecting(main.url(), ""), clock, null);

  private SimulatedSentry start(Map<String, URI> regions, Set<String> organizations) {
    return SimulatedSentry.start(
        world,
        ServerOptions.onLoopback(clock)
            .withInstallation(Installation.SELF_HOSTED)
            .withTokens(new Token(SimulatedSentry.TOKEN, Token.READ_SCOPES, organizations))
            .withRegions(regions));
  }

  private void configure(URI... regions) {
    exporter.reload(
        """
        instances: {default: {url: "%s", auth_token: %s, regions: %s}}
        modules:
          sentry: {prober: sentry, timeout: 10s, collectors: {projects: , outcomes: , monitors: }}
        """
            .formatted(main.url(), SimulatedSentry.TOKEN, List.of(regions)));
  }

  private static List<String> organizationsRequested(SimulatedSentry server) {
    return server.requests().last().stream()
        .map(ReceivedRequest::path)
        .filter(path -> path.matches("/api/0/organizations/[^/]+/.+"))
        .map(path -> path.split("/", -1)[4])
        .distinct()
        .sorted()
        .toList();
  }

  private List<String> targets() {
    Reply reply = exporter.get("/sd");
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return Pattern.compile("\"__param_target\":\"([^\"]*)\"")
        .matcher(reply.text())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void anOrganizationOfAConfiguredRegionIsRequestedThereWithTheToken() {
    configure(region.url());

    Scene.assertSucceeded(exporter.probe("globex"));
    Scene.assertSucceeded(exporter.probe("acme"));
    Scene.assertSucceeded(exporter.probe("globex/orders"));

    assertThat(organizationsRequested(region)).containsExactly("globex");
    assertThat(organizationsRequested(main)).containsExactly("acme");
    assertThat(region.requests().last())
        .allSatisfy(request ->
            assertThat(request.header("Authorization"))
                .contains("Bearer " + SimulatedSentry.TOKEN));
    assertThat(targets()).containsExactly("acme", "globex", "initech");
    assertThat(exporter.get("/sd").text())
        .contains("\"__meta_sentry_organization_region\":\"" + region.url() + "\"");
  }

  @Test
  void anOrganizationOfAnotherRegionIsRequestedThroughTheUrl() {
    try (var other = RecordingServer.answering(200, "[]")) {
      configure(other.url());

      Scene.assertSucceeded(exporter.probe("globex"));

      assertThat(region.requests().total()).isZero();
      assertThat(other.received()).isEmpty();
      assertThat(organizationsRequested(main)).containsExactly("globex");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%s", "%s/", "http://localhost@%2$s", "http://%3$s.%2$s/", "//%2$s", "nothing"})
  void whatSentryNamesAsARegionNeverGetsARequestUnlessItIsConfigured(String claimed) {
    try (var other = RecordingServer.answering(200, "[]")) {
      String host = other.url().getAuthority();
      String url = claimed.formatted(other.url(), host, main.url().getHost());
      String organization =
          "{\"id\":\"1\",\"slug\":\"globex\",\"links\":{\"regionUrl\":\"%s\"}}".formatted(url);
      main.faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(200, "application/json", "[" + organization + "]"));
      configure(region.url());

      exporter.probe("globex");
      exporter.get("/sd");

      assertThat(other.received()).isEmpty();
    }
  }

  @Test
  void theRegionOfAnIntegrationsOrganizationComesFromItsPage() {
    for (SimulatedSentry server : List.of(main, region)) {
      server
          .faults()
          .when(
              path -> path.equals("/api/0/organizations/"),
              new Fault.Body(200, "application/json", "[]"));
    }
    configure(region.url());

    Scene.assertSucceeded(exporter.probe("globex"));

    assertThat(organizationsRequested(region)).containsExactly("globex");
    assertThat(targets()).containsExactly("globex");
  }

  @Test
  void whatAMainServerDoesNotListIsFoundOnItsRegion() {
    String acme =
        "[{\"id\":\"1\",\"slug\":\"acme\",\"links\":{\"regionUrl\":\"%s\"}}]".formatted(main.url());
    main.faults()
        .when(
            path -> path.equals("/api/0/organizations/"),
            new Fault.Body(200, "application/json", acme));
    configure(region.url());

    assertThat(targets()).containsExactly("acme", "globex");
    Scene.assertSucceeded(exporter.probe("globex"));
    assertThat(organizationsRequested(region)).containsExactly("globex");
  }

  @Test
  void aRegionThatFailsCostsItsOrganizationsOnly() {
    configure(region.url());
    region.faults().when(_ -> true, new Fault.Status(502));

    assertThat(Scene.failures(exporter.probe("globex")))
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).contains("upstream_5xx"));
    Scene.assertSucceeded(exporter.probe("acme"));
    assertThat(targets()).containsExactly("acme", "globex", "initech");
    assertThat(exporter.get("/logs?target=globex").text()).contains("GET " + region.url() + "/api");
  }

  @Test
  void aRegionThatHangsHoldsUpNoOther() {
    configure(region.url());
    region.faults().when(_ -> true, new Fault.Hang());

    Reply page = exporter.get("/probe?target=globex", "X-Prometheus-Scrape-Timeout-Seconds", "1.5");

    assertThat(page.value("sentry_probe_success")).isZero();
    Scene.assertSucceeded(exporter.probe("acme"));
  }

  @Test
  void aTokenThatARegionRefusesIsStillGoodElsewhere() {
    configure(region.url());
    region.faults().when(_ -> true, new Fault.Failure(SentryError.INVALID_TOKEN));

    assertThat(Scene.failures(exporter.probe("globex")))
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).contains("auth"));
    Scene.assertSucceeded(exporter.probe("acme"));
  }

  @Test
  void whileTheMainServerFailsAKnownRegionAnswers() {
    configure(region.url());
    Scene.assertSucceeded(exporter.probe("globex"));
    main.faults().when(_ -> true, new Fault.Status(502));
    clock.advance(Duration.ofMinutes(11));

    Scene.assertSucceeded(exporter.probe("globex"));
  }

  @Test
  void aReloadWithoutTheRegionSendsNothingThereAnyMore() {
    configure(region.url());
    Scene.assertSucceeded(exporter.probe("globex"));
    long before = region.requests().total();

    configure();
    clock.advance(Duration.ofMinutes(2));
    Scene.assertSucceeded(exporter.probe("globex"));

    assertThat(region.requests().total()).isEqualTo(before);
  }
}
