package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpAnswer;
import java.time.Duration;

/// Sentry's answer to a [Call], with any HTTP status.
///
/// @param requests number of HTTP requests sent for it
/// @param waited time spent waiting for a turn, as Sentry's limits require
public record Answer(HttpAnswer http, int requests, Duration waited) {
  Answer after(Answer refused) {
    return new Answer(http, refused.requests + requests, refused.waited.plus(waited));
  }
}
