package io.sentryexporter.sentry.model;

import java.time.Duration;

/// How long each refusal is remembered, and when a list is read again: the table of
/// `docs/limits.md`. A requested reload ends all of it.
///
/// None of these overrules what has answered before, except [#WITHDRAWN].
public enum Lifetime {
  FAILED_FETCH(
      Duration.ofSeconds(10),
      "a failed request of any other kind: no connection, 5xx, a proxy's 403, an unreadable"
          + " answer",
      "the same request is not sent again"),
  RATE_LIMITED(
      Duration.ofMinutes(5),
      "429",
      "the same request is not sent before the time that Sentry names, at most this long; 10 s"
          + " where it names none"),
  REFUSED_TOKEN(
      Duration.ofSeconds(60),
      "401",
      "one request in this time checks the token; a new token in its file is used at once"),
  MISSING_SCOPE(
      Duration.ofMinutes(10),
      "403 in Sentry's own form, of an endpoint that has not worked for the organization",
      "the same request is not sent again"),
  ABSENT(
      Duration.ofHours(1),
      "404 in Sentry's own form, of an endpoint that has not worked for the organization, seen"
          + " twice a minute apart",
      "the endpoint is not requested for the organization"),
  STILL_ABSENT(
      Duration.ofDays(1),
      "the same, seen an hour apart",
      "the endpoint is not requested for the organization"),
  DOUBTED(
      Duration.ofSeconds(60),
      "404 in Sentry's own form that comes first, 404 or 410 in another form, and any 403, 404 or"
          + " 410 of an endpoint that has worked",
      "the same request is not sent again; the last good answer serves until `max_stale`"),
  UNKNOWN_TARGET(
      Duration.ofSeconds(60),
      "404 of an organization or project that has not answered",
      "the name is not requested again; at most 1,000 names, the oldest is dropped first"),
  UNKNOWN_TARGETS_WINDOW(
      Duration.ofSeconds(60),
      "eight organizations or projects that Sentry does not know, of any names",
      "no further name that has not answered is requested, reason `rate_limited`"),
  LIST(
      Duration.ofMinutes(10),
      "the list of organizations, the list of projects",
      "the list is not read again"),
  LIST_REREAD(
      Duration.ofSeconds(60),
      "an answer or a target names something that is not in the list",
      "the list is read again, at most once in this time"),
  WITHDRAWN(
      Duration.ofMinutes(5),
      "403 or 404 in Sentry's own form, of the list of projects of an organization that has"
          + " answered",
      "seen in two refreshes this far apart it is believed: old answers of the organization do not"
          + " serve any more");

  private final Duration duration;
  private final String occasion;
  private final String effect;

  Lifetime(Duration duration, String occasion, String effect) {
    this.duration = duration;
    this.occasion = occasion;
    this.effect = effect;
  }

  public Duration duration() {
    return duration;
  }

  /// How long a failed request is not sent again, unless its answer decides: not at all where only
  /// its caller has gone, or where the token's own memory ends when the token changes.
  static Duration of(Reason reason) {
    return switch (reason) {
      case CANCELLED, AUTH, NOT_ALLOWED -> Duration.ZERO;
      case NOT_SENTRY, UNSUPPORTED -> DOUBTED.duration;
      case DNS,
          CONNECT,
          CONNECTION_CLOSED,
          PROTOCOL,
          TLS,
          TIMEOUT,
          SCOPE,
          NOT_FOUND,
          RATE_LIMITED,
          UPSTREAM_5XX,
          PARSE,
          TOO_LARGE,
          REDIRECT,
          TRUNCATED,
          REJECTED,
          CONFIG,
          INTERNAL ->
          FAILED_FETCH.duration;
    };
  }

  /// The remembered fact, for people.
  public String occasion() {
    return occasion;
  }

  /// The effect during this time, for people.
  public String effect() {
    return effect;
  }

  /// Whether less than this time has passed between two readings of a clock that only goes forward.
  public boolean covers(long sinceNanos, long nowNanos) {
    return nowNanos - sinceNanos < duration.toNanos();
  }
}
