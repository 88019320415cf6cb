package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.model.Endpoint;
import java.time.Duration;

/// A question to Sentry.
///
/// @param wanted which answers come with a body worth reading
/// @param maxAge how old an earlier answer may be to serve again; zero asks Sentry each time
/// @param rateShare how much of the rate that Sentry advertises may be used, above 0 and at most 1
public record Call(
    Endpoint endpoint, HttpGet request, Statuses wanted, Duration maxAge, double rateShare) {
  public Call {
    if (!(rateShare > 0 && rateShare <= 1)) {
      throw new IllegalArgumentException("rateShare: " + rateShare);
    }
  }
}
