package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.util.function.Consumer;

/// Assertions on failed requests to Sentry.
public final class Failures {
  private Failures() {}

  /// It is a failed request, for this reason.
  public static Consumer<Throwable> because(Reason reason) {
    return failure ->
        assertThat(failure)
            .isInstanceOfSatisfying(
                SentryException.class, one -> assertThat(one.reason()).isEqualTo(reason));
  }
}
