package io.sentryexporter.sentry.model;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Sentry API endpoint that the exporter requests.
///
/// @param name in the exporter's own metrics
/// @param path below the server's address, with its parts in braces
/// @param scope that the token needs; any one of several suffices
public record Endpoint(String name, String path, String scope) {
  public static final Endpoint PROJECT_STATS =
      new Endpoint(
          "project_stats", "/api/0/projects/{organization}/{project}/stats/", "project:read");

  /// Deprecated by Sentry; newer servers answer 404 or 410.
  public static final Endpoint ORGANIZATION_STATS =
      new Endpoint("organization_stats", "/api/0/organizations/{organization}/stats/", "org:read");

  public static final Endpoint ORGANIZATION_STATS_V2 =
      new Endpoint(
          "organization_stats_v2", "/api/0/organizations/{organization}/stats_v2/", "org:read");

  /// Any address below a prefix of the user's own that belongs to none of the others.
  public static final Endpoint OTHER = new Endpoint("other", "{anything}", "project:read");

  public static final Endpoint ORGANIZATIONS =
      new Endpoint("organizations", "/api/0/organizations/", "org:read");
  public static final Endpoint ORGANIZATION =
      new Endpoint("organization", "/api/0/organizations/{organization}/", "org:read");
  public static final Endpoint PROJECTS =
      new Endpoint("projects", "/api/0/organizations/{organization}/projects/", "org:read");
  public static final Endpoint PROJECT =
      new Endpoint("project", "/api/0/projects/{organization}/{project}/", "project:read");
  private static final List<Known> KNOWN =
      Stream.of(PROJECT_STATS, ORGANIZATION_STATS, ORGANIZATION_STATS_V2).map(Known::of).toList();

  /// An endpoint, and the paths that lead there.
  private record Known(Endpoint endpoint, Pattern paths) {
    static Known of(Endpoint endpoint) {
      String parts = endpoint.path.replaceAll("\\{.*?}", "[^/]+");
      return new Known(endpoint, Pattern.compile(".*" + parts, Pattern.DOTALL));
    }
  }

  /// The endpoint that an address leads to, on a server with or without a path prefix.
  public static Endpoint of(URI address) {
    for (Known known : KNOWN) {
      if (known.paths().matcher(address.getRawPath()).matches()) {
        return known.endpoint();
      }
    }
    return OTHER;
  }
}
