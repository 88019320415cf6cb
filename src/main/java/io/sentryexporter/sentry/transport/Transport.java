package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.sentry.model.SentryException;

/// Brings calls to Sentry and answers back. The links of a chain: [CachingTransport], then
/// [RetryingTransport], [RateLimitedTransport] and [HttpTransport].
@FunctionalInterface
public interface Transport {
  /// The answer with whatever HTTP status.
  ///
  /// @throws SentryException if none came before the deadline
  Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException;
}
