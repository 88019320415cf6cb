package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpAnswer;
import java.time.Duration;

/// What Sentry answered to a [Call], with any HTTP status, and how it was come by.
///
/// @param receivedNanos when, by the clock that only goes forward
/// @param requests how many were sent for it
/// @param waited how long it was waited for a turn, as Sentry's limits ask
public record Answer(
    HttpAnswer http, long receivedNanos, Source source, int requests, Duration waited) {

  /// Whose request brought the answer.
  public enum Source {
    /// The one that gets it.
    ASKED,
    /// Another with the same question at the same time.
    SHARED,
    /// An earlier one.
    KEPT
  }

  Answer from(Source other) {
    return new Answer(http, receivedNanos, other, requests, waited);
  }

  Answer after(int earlierRequests, Duration wait) {
    return new Answer(http, receivedNanos, source, requests + earlierRequests, waited.plus(wait));
  }
}
