package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.endpoint.EventsEndpoint;
import io.sentryexporter.simulator.endpoint.GlitchTipStats;
import io.sentryexporter.simulator.endpoint.IssuesEndpoint;
import io.sentryexporter.simulator.endpoint.KeyEndpoints;
import io.sentryexporter.simulator.endpoint.MonitorsEndpoint;
import io.sentryexporter.simulator.endpoint.OrganizationEndpoints;
import io.sentryexporter.simulator.endpoint.ReleasesEndpoint;
import io.sentryexporter.simulator.endpoint.SessionsEndpoint;
import io.sentryexporter.simulator.endpoint.StatsV1Endpoints;
import io.sentryexporter.simulator.endpoint.StatsV2Endpoint;
import io.sentryexporter.simulator.endpoint.UptimeEndpoints;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.options.Feature;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/// The table of endpoints: to add one, declare it here and answer it in its family's class.
final class Routes {
  private static final int SHARED = RateLimits.SHARED_LIMIT;
  private static final int PROJECT_STATS_LIMIT = 5; // a second, as sentry.io
  private static final int STATS_V2_LIMIT = 20;
  private static final int EVENTS_LIMIT = 50;

  private Routes() {}

  /// The endpoints a kind of Sentry knows.
  static List<Route> all(
      SimulatedWorld world, ServerOptions options, RequestLog log, Faults faults, URI url) {
    var installation = options.installation();
    var routes =
        Stream.of(
                statistics(installation, url),
                lists(world, options, url),
                service(installation, log, faults))
            .flatMap(each -> each)
            .filter(route -> route.feature() == null || installation.has(route.feature()))
            .toList();
    var startPage = StartPage.of(world, url, routes);
    return Stream.concat(routes.stream(), Stream.of(outside("/", _ -> startPage))).toList();
  }

  private static Stream<Route> statistics(Installation installation, URI url) {
    Route.Handler statsV2 =
        installation.has(Feature.GLITCHTIP_STATS_V2)
            ? GlitchTipStats::answer
            : StatsV2Endpoint::answer;
    return Stream.of(
        project("stats/", PROJECT_STATS_LIMIT, StatsV1Endpoints::ofProject).of(Feature.V1_STATS),
        organization("stats/", Access.ORGANIZATION, SHARED, StatsV1Endpoints::ofOrganization)
            .of(Feature.ORGANIZATION_STATS),
        organization("stats_v2/", Access.ORGANIZATION, STATS_V2_LIMIT, statsV2)
            .of(Feature.STATS_V2),
        organization("sessions/", Access.ORGANIZATION, SHARED, new SessionsEndpoint(url)::answer)
            .of(Feature.SESSIONS),
        organization("events/", Access.ORGANIZATION, EVENTS_LIMIT, new EventsEndpoint(url)::answer)
            .of(Feature.EVENTS_TABLE));
  }

  private static Stream<Route> lists(SimulatedWorld world, ServerOptions options, URI url) {
    var organizations = new OrganizationEndpoints(world, options, url);
    var keys = new KeyEndpoints(url);
    var uptime = new UptimeEndpoints(url);
    return Stream.of(
        project("", SHARED, organizations::project),
        project("keys/", SHARED, keys::ofProject),
        organization("projects/", Access.ORGANIZATION, SHARED, organizations::projects),
        organization("teams/", Access.ORGANIZATION, SHARED, organizations::teams),
        organization("project-keys/", Access.ORGANIZATION, SHARED, keys::ofOrganization)
            .of(Feature.ORGANIZATION_KEYS),
        organization(
            "issues/",
            Access.ISSUES,
            SHARED,
            new IssuesEndpoint(url, options.installation().has(Feature.GLITCHTIP_STATS_V2))
                ::answer),
        organization("releases/", Access.RELEASES, SHARED, new ReleasesEndpoint(url)::answer),
        organization("monitors/", Access.MONITORS, SHARED, new MonitorsEndpoint(url)::answer)
            .of(Feature.MONITORS),
        organization("uptime/", Access.ORGANIZATION, SHARED, uptime::list).of(Feature.UPTIME),
        organization("uptime-summary/", Access.ORGANIZATION, SHARED, uptime::summary)
            .of(Feature.UPTIME),
        organization("", Access.ORGANIZATION, SHARED, organizations::organization),
        new Route(
            "/api/0/organizations/", Access.ORGANIZATION, SHARED, organizations::organizations));
  }

  private static Stream<Route> service(Installation installation, RequestLog log, Faults faults) {
    return Stream.of(
        outside("/api/client-config/", _ -> ServiceEndpoints.clientConfig(installation))
            .of(Feature.CLIENT_CONFIG),
        outside("/api/settings/", _ -> ServiceEndpoints.settings(installation))
            .of(Feature.GLITCHTIP_STATS_V2),
        new Route("/api/0/", Access.ANYBODY, SHARED, ServiceEndpoints::root),
        outside("/_health/", ServiceEndpoints::health),
        outside(ServiceEndpoints.REQUESTS_PATH, _ -> ServiceEndpoints.requests(log)),
        outside(ServiceEndpoints.FAULTS_PATH, call -> ServiceEndpoints.faults(call, faults)));
  }

  private static Route project(String rest, int limit, Route.Handler handler) {
    return new Route(
        "/api/0/projects/{organization}/{project}/" + rest, Access.PROJECT, limit, handler);
  }

  private static Route organization(String rest, Access access, int limit, Route.Handler handler) {
    return new Route("/api/0/organizations/{organization}/" + rest, access, limit, handler);
  }

  private static Route outside(String path, Route.Handler handler) {
    return new Route(path, Access.OUTSIDE_API, SHARED, handler);
  }
}
