package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpAnswer;
import java.time.Duration;

/// Sentry's answer to a [Call], with any HTTP status, and its source.
///
/// @param receivedNanos time of arrival, by the clock that only goes forward
/// @param requests number of HTTP requests sent for it
/// @param waited time spent waiting for a turn, as Sentry's limits require
public record Answer(
    HttpAnswer http, long receivedNanos, Source source, int requests, Duration waited) {

  /// The call whose request brought the answer.
  public enum Source {
    /// The call that gets it.
    ASKED,
    /// Another identical call at the same time.
    SHARED,
    /// An earlier call.
    KEPT
  }

  Answer from(Source other) {
    return new Answer(http, receivedNanos, other, requests, waited);
  }

  Answer after(int earlierRequests, Duration wait) {
    return new Answer(http, receivedNanos, source, requests + earlierRequests, waited.plus(wait));
  }
}
