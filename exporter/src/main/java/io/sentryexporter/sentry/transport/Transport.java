package io.sentryexporter.sentry.transport;

import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;

/// Sends calls to Sentry and returns the answers: the links of a chain that ends with
/// [HttpTransport]. For `prober: http` [CachingTransport], [RetryingTransport] and
/// [RateLimitedTransport] stand before it; for an instance [SecondTryTransport] in the cache's
/// place, and [InstanceTransport] last.
@FunctionalInterface
public interface Transport {
  /// The answer, with any HTTP status.
  ///
  /// @throws SentryException if none came before the deadline
  Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException;
}
