package io.sentryexporter.sentry;

import io.sentryexporter.text.Secret;
import java.nio.file.Path;

/// The source of the token.
public sealed interface Credentials {
  /// A token that stands in the configuration or in the environment.
  record Token(Secret token) implements Credentials {}

  /// A file with the token, read again for each request, so that it can be replaced at any time.
  record TokenFile(Path file) implements Credentials {}
}
