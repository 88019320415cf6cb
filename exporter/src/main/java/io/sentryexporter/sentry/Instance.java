package io.sentryexporter.sentry;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.text.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The address of a Sentry and the credentials for it.
///
/// @param name in the configuration
/// @param url http or https, with a path prefix if it has one, without a slash at the end
/// @param organizations slugs and ids that may be requested; empty for all that the token sees, or
///   that the selection includes
/// @param selection of organizations and projects; null for all
/// @param rateShare of the rate and concurrency that Sentry advertises: above 0, at most 1
/// @param maxConcurrent requests at the same time
/// @param regions URLs of regions that the token may go to, too, in the same form
/// @param client null where only the environment counts
public record Instance(
    String name,
    URI url,
    Credentials credentials,
    Set<String> organizations,
    @Nullable Selection selection,
    double rateShare,
    int maxConcurrent,
    List<URI> regions,
    @Nullable ClientSettings client) {
  public Instance {
    regions = List.copyOf(regions);
    organizations = Set.copyOf(organizations);
    if (credentials instanceof Credentials.OfClient
        && (client == null || client.authorization() == null)) {
      throw new IllegalArgumentException("no authorization");
    }
    if (!(rateShare > 0 && rateShare <= 1) || maxConcurrent < 1) {
      throw new IllegalArgumentException("share " + rateShare + ", concurrent " + maxConcurrent);
    }
  }

  /// An instance without a selection and without settings of its own for HTTP.
  public Instance(
      String name,
      URI url,
      Credentials credentials,
      Set<String> organizations,
      double rateShare,
      int maxConcurrent) {
    this(name, url, credentials, organizations, null, rateShare, maxConcurrent, List.of(), null);
  }

  /// Whether the configuration allows requests about an organization.
  public boolean allows(String organization) {
    if (excludes(organization)) {
      return false;
    }
    if (selection == null || selection.organizations().included().isEmpty()) {
      return organizations.isEmpty() || organizations.contains(organization);
    }
    return organizations.contains(organization)
        || isAmong(selection.organizations().included(), organization);
  }

  /// Whether the configuration excludes an organization, even if it names it.
  boolean excludes(String organization) {
    return selection != null && isAmong(selection.organizations().excluded(), organization);
  }

  /// Whether every organization that may be requested is among [#organizations].
  boolean namesOrganizations() {
    return !organizations.isEmpty()
        && (selection == null || selection.organizations().included().isEmpty());
  }

  /// Whether some projects of the organizations are not read.
  public boolean selectsProjects() {
    return selection != null && selection.isOfProjects();
  }

  private static boolean isAmong(Set<SlugPattern> patterns, String slug) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(slug));
  }

  /// The source of the header Authorization.
  public sealed interface Credentials {
    /// A token that stands in the configuration or in the environment.
    record Token(Secret token) implements Credentials {}

    /// A file with the token, read again for each request, so that it can be replaced at any time.
    record TokenFile(Path file) implements Credentials {}

    /// The settings of the client: `authorization`, `basic_auth` or `oauth2`.
    record OfClient() implements Credentials {}
  }
}
