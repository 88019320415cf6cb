package io.sentryexporter.probe;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;

/// Why data is missing or old.
///
/// @param error what happened, in words
record Failure(Reason reason, String error) {
  static Failure of(SentryException exception) {
    return new Failure(Reason.of(exception), String.valueOf(exception.getMessage()));
  }
}
