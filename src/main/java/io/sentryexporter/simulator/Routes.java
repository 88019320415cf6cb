package io.sentryexporter.simulator;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/// The table of endpoints: to add one, declare it here and answer it in its family's class.
final class Routes {
  private static final int PROJECT_STATS_LIMIT = 5; // a second, as sentry.io
  private static final int STATS_V2_LIMIT = 20;

  private Routes() {}

  static List<Route> all(SimulatedWorld world, ServerOptions options, RequestLog log, URI url) {
    var organizations = new OrganizationEndpoints(world, options.installation(), url);
    var routes =
        List.of(
            project("stats/", PROJECT_STATS_LIMIT, StatsV1Endpoints::ofProject),
            project("", RateLimits.SHARED_LIMIT, organizations::project),
            organization("stats/", RateLimits.SHARED_LIMIT, StatsV1Endpoints::ofOrganization),
            organization("stats_v2/", STATS_V2_LIMIT, StatsV2Endpoint::answer),
            organization("projects/", RateLimits.SHARED_LIMIT, organizations::projects),
            organization("", RateLimits.SHARED_LIMIT, organizations::organization),
            new Route(
                "/api/0/organizations/",
                Access.ORGANIZATION,
                RateLimits.SHARED_LIMIT,
                organizations::organizations),
            new Route("/api/0/", Access.ANYBODY, RateLimits.SHARED_LIMIT, ServiceEndpoints::root),
            outside("/_health/", ServiceEndpoints::health),
            outside(ServiceEndpoints.REQUESTS_PATH, _ -> ServiceEndpoints.requests(log)));
    var startPage = StartPage.of(world, url, routes);
    return Stream.concat(routes.stream(), Stream.of(outside("/", _ -> startPage))).toList();
  }

  private static Route project(String rest, int limit, Route.Handler handler) {
    return new Route(
        "/api/0/projects/{organization}/{project}/" + rest, Access.PROJECT, limit, handler);
  }

  private static Route organization(String rest, int limit, Route.Handler handler) {
    return new Route(
        "/api/0/organizations/{organization}/" + rest, Access.ORGANIZATION, limit, handler);
  }

  private static Route outside(String path, Route.Handler handler) {
    return new Route(path, Access.OUTSIDE_API, RateLimits.SHARED_LIMIT, handler);
  }
}
