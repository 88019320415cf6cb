package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.model.Endpoint;

/// A call to Sentry's API.
///
/// @param wanted statuses of answers that come with a useful body
/// @param rateShare share of the rate that Sentry advertises, above 0 and at most 1
/// @param isRetry whether this is a retry, after an answer that was none
public record Call(
    Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare, boolean isRetry) {
  public Call {
    if (!(rateShare > 0 && rateShare <= 1)) {
      throw new IllegalArgumentException("rateShare: " + rateShare);
    }
  }

  /// A call that is made for the first time.
  public Call(Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare) {
    this(endpoint, request, wanted, rateShare, false);
  }

  Call again() {
    return new Call(endpoint, request, wanted, rateShare, true);
  }
}
