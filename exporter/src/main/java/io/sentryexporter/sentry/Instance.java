package io.sentryexporter.sentry;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.text.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The address of a Sentry and the credentials for it.
///
/// @param name in the configuration
/// @param url http or https, with a path prefix if it has one, without a slash at the end
/// @param organizations slugs that may be requested; empty for all that the token sees
/// @param rateShare of the rate and concurrency that Sentry advertises: above 0, at most 1
/// @param maxConcurrent requests at the same time
/// @param client null where only the environment counts
public record Instance(
    String name,
    URI url,
    Credentials credentials,
    Set<String> organizations,
    double rateShare,
    int maxConcurrent,
    @Nullable ClientSettings client) {
  public Instance {
    organizations = Set.copyOf(organizations);
    if (credentials instanceof Credentials.OfClient
        && (client == null || client.authorization() == null)) {
      throw new IllegalArgumentException("no authorization");
    }
    if (!(rateShare > 0 && rateShare <= 1) || maxConcurrent < 1) {
      throw new IllegalArgumentException("share " + rateShare + ", concurrent " + maxConcurrent);
    }
  }

  /// An instance without settings of its own for HTTP.
  public Instance(
      String name,
      URI url,
      Credentials credentials,
      Set<String> organizations,
      double rateShare,
      int maxConcurrent) {
    this(name, url, credentials, organizations, rateShare, maxConcurrent, null);
  }

  /// Whether the configuration allows requests about an organization.
  public boolean allows(String organization) {
    return organizations.isEmpty() || organizations.contains(organization);
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
