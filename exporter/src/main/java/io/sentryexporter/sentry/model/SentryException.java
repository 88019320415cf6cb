package io.sentryexporter.sentry.model;

import java.time.Duration;

/// A failed request: Sentry, or the path to it, did not return the requested answer.
///
/// The message describes the failure for the trace of a probe; it holds no token. Each kind has the
/// HTTP status and the content length of the answer, both 0 if there was none.
public abstract sealed class SentryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final long contentLength;

  SentryException(String message, int status, long contentLength) {
    super(message);
    this.status = status;
    this.contentLength = contentLength;
  }

  public int status() {
    return status;
  }

  /// As Go's HTTP client counts: -1 for an answer of unknown length.
  public long contentLength() {
    return contentLength;
  }

  /// Time during which the same request is not sent again after this.
  public Duration remembered() {
    return Lifetime.FAILED_FETCH.duration();
  }

  /// The host's name has no address.
  public static final class UnknownHost extends SentryException {
    private static final long serialVersionUID = 1L;

    public UnknownHost(String message) {
      super(message, 0, 0);
    }
  }

  /// No connection could be made.
  public static final class NoConnection extends SentryException {
    private static final long serialVersionUID = 1L;

    public NoConnection(String message) {
      super(message, 0, 0);
    }
  }

  /// The connection was closed or reset before the answer was whole.
  public static final class ConnectionClosed extends SentryException {
    private static final long serialVersionUID = 1L;

    public ConnectionClosed(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// The answer is not HTTP, or its body does not have the declared content encoding.
  public static final class NotHttp extends SentryException {
    private static final long serialVersionUID = 1L;

    public NotHttp(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// The server's certificate or its TLS was refused.
  public static final class Untrusted extends SentryException {
    private static final long serialVersionUID = 1L;

    public Untrusted(String message) {
      super(message, 0, 0);
    }
  }

  /// The deadline came before the last byte.
  public static final class TimedOut extends SentryException {
    private static final long serialVersionUID = 1L;

    public TimedOut(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// The caller no longer waits.
  public static final class Cancelled extends SentryException {
    private static final long serialVersionUID = 1L;

    public Cancelled(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }

    @Override
    public Duration remembered() {
      return Duration.ZERO;
    }
  }

  /// No request was sent: Sentry requires a wait that is longer than the deadline allows.
  public static final class RateLimited extends SentryException {
    private static final long serialVersionUID = 1L;

    private final Duration wait;

    public RateLimited(String message, Duration wait) {
      super(message + "; the next request may go in " + wait.toMillis() + " ms", 0, 0);
      this.wait = wait;
    }

    @Override
    public Duration remembered() {
      Duration longest = Lifetime.RATE_LIMITED.duration();
      return wait.compareTo(longest) < 0 ? wait : longest;
    }
  }

  /// The answer is larger than any that is expected.
  public static final class TooLarge extends SentryException {
    private static final long serialVersionUID = 1L;

    public TooLarge(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// The answer leads elsewhere, where the token must not go, or in a circle.
  public static final class RedirectRefused extends SentryException {
    private static final long serialVersionUID = 1L;

    public RedirectRefused(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// The answer's status is not one of success.
  public static final class StatusRefused extends SentryException {
    private static final long serialVersionUID = 1L;

    private final Duration remembered;
    private final boolean isSentrysWord;

    public StatusRefused(String message, int status, long contentLength) {
      this(message, status, contentLength, Lifetime.FAILED_FETCH.duration());
    }

    public StatusRefused(String message, int status, long contentLength, Duration remembered) {
      super(message, status, contentLength);
      this.remembered = remembered;
      this.isSentrysWord = false;
    }

    /// A refusal in Sentry's own form.
    public StatusRefused(String message, int status, long contentLength, Lifetime lifetime) {
      super(message, status, contentLength);
      this.remembered = lifetime.duration();
      this.isSentrysWord = true;
    }

    /// Whether it has the form that Sentry uses for a missing scope, organization or project; if
    /// not, a proxy may have answered.
    public boolean isSentrysWord() {
      return isSentrysWord;
    }

    @Override
    public Duration remembered() {
      return remembered;
    }
  }

  /// The server does not answer like Sentry: it lacks what every Sentry has.
  public static final class NotSentry extends SentryException {
    private static final long serialVersionUID = 1L;

    public NotSentry(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }

    @Override
    public Duration remembered() {
      return Lifetime.DOUBTED.duration();
    }
  }

  /// Sentry refuses because the token sees no project of the organization.
  public static final class NoProjects extends SentryException {
    private static final long serialVersionUID = 1L;

    public NoProjects(String message) {
      super(message + "; the token's user is in no team of a project", 400, 0);
    }
  }

  /// There is no token to send: its file is missing or does not hold one.
  public static final class NoToken extends SentryException {
    private static final long serialVersionUID = 1L;

    public NoToken(String message) {
      super(message, 0, 0);
    }

    @Override
    public Duration remembered() {
      return Duration.ZERO;
    }
  }

  /// The answer is not the JSON that the endpoint returns.
  public static final class Malformed extends SentryException {
    private static final long serialVersionUID = 1L;

    public Malformed(String message, int status, long contentLength) {
      super(message, status, contentLength);
    }
  }

  /// This server does not have the endpoint, or has it switched off.
  public static final class Unsupported extends SentryException {
    private static final long serialVersionUID = 1L;

    private final boolean isSentrysWord;

    public Unsupported(String message, int status) {
      this(message, status, true);
    }

    /// @param isSentrysWord whether the answer had Sentry's form for a missing endpoint
    public Unsupported(String message, int status, boolean isSentrysWord) {
      super(message, status, 0);
      this.isSentrysWord = isSentrysWord;
    }

    /// Whether the answer had Sentry's form for a missing endpoint; if not, a proxy may have
    /// answered.
    public boolean isSentrysWord() {
      return isSentrysWord;
    }

    /// For longer the organization's endpoint is remembered, not the request.
    @Override
    public Duration remembered() {
      return Lifetime.DOUBTED.duration();
    }
  }

  /// Sentry's answer is truncated however small the request: none of its data can be trusted.
  public static final class Truncated extends SentryException {
    private static final long serialVersionUID = 1L;

    public Truncated(String message) {
      super(message, 200, 0);
    }
  }
}
