package io.sentryexporter.http;

/// Failures of calls, as the client makes them, for tests that stand in for it.
public final class FailedCalls {
  private FailedCalls() {}

  /// The connection was closed within the body of an answer.
  public static HttpFailure brokenOff() {
    return new HttpFailure.BrokenOff(
        "the connection was closed before the answer was complete", new HttpFailure.Head(200, -1));
  }

  /// Nothing came before the deadline.
  public static HttpFailure timedOut() {
    return new HttpFailure.TimedOut(
        "timed out waiting for the headers", HttpFailure.Phase.HEADERS, HttpFailure.Head.NONE);
  }

  /// The caller has gone.
  public static HttpFailure cancelled() {
    return new HttpFailure.Cancelled("cancelled", HttpFailure.Head.NONE);
  }
}
