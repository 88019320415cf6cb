package io.sentryexporter.sentry;

import java.time.Instant;

/// A question whose answer are counters: quantities since the start of an epoch.
interface CounterQuestion extends Question<Sums> {
  Epoch epoch();

  @Override
  default boolean stillAnswers(Sums answer, Instant now) {
    return answer.start().equals(epoch().start(now));
  }
}
