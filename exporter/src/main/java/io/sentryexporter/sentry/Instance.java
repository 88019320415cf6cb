package io.sentryexporter.sentry;

import io.sentryexporter.text.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/// The address of a Sentry and the credentials for it.
///
/// @param name in the configuration
/// @param url http or https, with a path prefix if it has one, without a slash at the end
/// @param organizations slugs that may be requested; empty for all that the token sees
/// @param rateShare of the rate and concurrency that Sentry advertises: above 0, at most 1
/// @param maxConcurrent requests at the same time
public record Instance(
    String name,
    URI url,
    Credentials credentials,
    Set<String> organizations,
    double rateShare,
    int maxConcurrent) {
  public Instance {
    organizations = Set.copyOf(organizations);
    if (!(rateShare > 0 && rateShare <= 1) || maxConcurrent < 1) {
      throw new IllegalArgumentException("share " + rateShare + ", concurrent " + maxConcurrent);
    }
  }

  /// Whether the configuration allows requests about an organization.
  public boolean allows(String organization) {
    return organizations.isEmpty() || organizations.contains(organization);
  }

  /// The source of the token.
  public sealed interface Credentials {
    /// A token that stands in the configuration or in the environment.
    record Token(Secret token) implements Credentials {}

    /// A file with the token, read again for each request, so that it can be replaced at any time.
    record TokenFile(Path file) implements Credentials {}
  }
}
