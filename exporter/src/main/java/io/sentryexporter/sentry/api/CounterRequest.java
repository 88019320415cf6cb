package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import java.time.Instant;

/// A request that returns counters: quantities since the start of an epoch.
public interface CounterRequest extends ApiRequest<Totals> {
  Counting counting();

  /// The name of the counters in stored marks. Files of earlier versions have it: it never changes.
  String markName();

  /// The identity of these marks within one instance: the same for all refresh intervals.
  default String markKey() {
    return markName() + "\n" + counting().epoch().label() + "\n" + organization();
  }

  /// An answer of the old window is due at the switch, even if it is recent. The start never moves
  /// back.
  @Override
  default boolean stillAnswers(Totals answer, Instant now) {
    return !answer.start().isBefore(counting().start(now));
  }

  /// Whether a process that starts without a mark reads the counter twice.
  default boolean isReadTwice() {
    return true;
  }

  /// Checks an answer that no earlier one stands behind.
  ///
  /// @throws SentryException if much of what Sentry counts is missing
  default void requireWhole(Totals answer, Fetching sentry)
      throws SentryException, InterruptedException {}
}
