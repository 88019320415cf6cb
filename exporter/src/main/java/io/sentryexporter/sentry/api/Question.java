package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.time.Instant;

/// A request for data of an organization, and how to read the answer: a record, equal to every
/// other that requests the same. It may take several HTTP requests.
public interface Question<T> {
  /// The name of the requested data, for traces and the log, such as `outcomes_of_closed_hour`.
  String name();

  /// The collector that needs it, by its name in the exporter's own metrics: the first of those
  /// that share it.
  default String collector() {
    return name();
  }

  String organization();

  /// What distinguishes it from others of the same name, such as a search, for traces; mostly
  /// empty.
  default String detail() {
    return "";
  }

  /// Fetches the answer from Sentry, with as many HTTP requests as needed.
  T fetch(Fetching sentry) throws SentryException, InterruptedException;

  /// Maximum duration of a fetch, independent of the callers that wait for it.
  default Duration patience() {
    return Duration.ofMinutes(2);
  }

  /// Whether an answer, even a recent one, still answers the request.
  default boolean stillAnswers(T answer, Instant now) {
    return true;
  }
}
