package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A request for data of an organization, and how to read the answer: a record, equal to every
/// other that requests the same. It may take several HTTP requests.
public interface ApiRequest<T> {
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

  /// The means to fetch an answer: one instance of Sentry, within the time that the fetch may take.
  interface Fetching extends Json.Drops {
    /// The answer of an endpoint: status 200, JSON by its content type, otherwise unread.
    ///
    /// @throws SentryException if this server does not have the endpoint; that is remembered, and
    ///   it is not requested again for a while
    /// @throws SentryException for every other status and fault, by its reason
    HttpAnswer get(ApiGet request) throws SentryException, InterruptedException;

    /// The projects of the requested organization that the configuration selects, always the same
    /// for one fetch; a kept list serves if it is recent.
    List<Project> projects() throws SentryException, InterruptedException;

    /// Whether these are all projects that the token sees: a request need not name them.
    boolean isWhole();

    /// The ids that requests about all of these projects name, as many as one request can: of the
    /// whole organization one empty list, which stands for all.
    default List<List<Long>> parts() throws SentryException, InterruptedException {
      if (isWhole()) {
        return List.of(List.of());
      }
      List<Long> ids =
          projects().stream().filter(Project::hasAccess).map(Project::id).sorted().toList();
      var parts = new ArrayList<List<Long>>();
      for (int from = 0; from < ids.size(); from += ApiGet.MOST_NAMED) {
        parts.add(ids.subList(from, Math.min(from + ApiGet.MOST_NAMED, ids.size())));
      }
      return parts;
    }

    /// The same for a single request: none, which stands for all, where it cannot name them.
    default List<Long> named() throws SentryException, InterruptedException {
      List<List<Long>> parts = parts();
      return parts.size() == 1 ? parts.getFirst() : List.of();
    }

    /// The time by Sentry's clock.
    Instant now();

    /// Sentry truncated an answer; it is requested again in parts.
    void truncated();
  }
}
