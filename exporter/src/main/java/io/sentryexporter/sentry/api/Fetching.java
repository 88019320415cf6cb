package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.List;

/// The means to fetch an answer: one instance of Sentry, within the time that the fetch may take.
public interface Fetching extends Json.Drops {
  /// The answer of an endpoint: status 200, JSON by its content type, otherwise unread.
  ///
  /// @throws SentryException.Unsupported if this server does not have the endpoint; that is
  ///   remembered, and it is not requested again for a while
  /// @throws SentryException for every other status and fault, by its reason
  HttpAnswer get(ApiRequest request) throws SentryException, InterruptedException;

  /// The projects of the requested organization; a kept list serves if it is recent.
  List<Project> projects() throws SentryException, InterruptedException;

  /// The time by Sentry's clock.
  Instant now();

  /// Sentry truncated an answer; it is requested again in parts.
  void truncated();
}
