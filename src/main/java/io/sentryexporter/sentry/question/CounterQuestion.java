package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.Sums;
import java.time.Instant;

/// A question whose answer are counters: quantities since the start of an epoch.
public interface CounterQuestion extends Question<Sums> {
  Epoch epoch();

  @Override
  default boolean stillAnswers(Sums answer, Instant now) {
    return answer.start().equals(epoch().start(now));
  }
}
