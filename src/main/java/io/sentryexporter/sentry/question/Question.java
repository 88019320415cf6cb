package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.request.Fetching;
import java.time.Duration;
import java.time.Instant;

/// What we want to know of an organization, and how to find it out: a record, equal to every other
/// that asks the same.
public interface Question<T> {
  /// What is asked, for traces and the log, such as `outcomes_of_closed_hour`.
  String name();

  /// The collector that it is asked for, as the exporter's own metrics call it: the first of those
  /// that share it.
  default String collector() {
    return name();
  }

  String organization();

  /// What sets it apart from others of the same name, for traces, such as a search; mostly empty.
  default String detail() {
    return "";
  }

  /// Asks Sentry, with as many requests as it takes.
  T fetch(Fetching sentry) throws SentryException, InterruptedException;

  /// How long asking may take at most, whoever waits for it.
  default Duration patience() {
    return Duration.ofMinutes(2);
  }

  /// Whether an answer, however young, still answers the question.
  default boolean stillAnswers(T answer, Instant now) {
    return true;
  }
}
