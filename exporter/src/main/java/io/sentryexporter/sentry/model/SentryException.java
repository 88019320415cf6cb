package io.sentryexporter.sentry.model;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/// A failed request: Sentry, or the path to it, did not return the requested answer.
///
/// The message describes the failure for the trace of a probe; it holds no token. Status and
/// content length are those of the answer, both 0 if there was none.
public final class SentryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final int status;
  private final long contentLength;
  private final boolean isSentrysWord;
  private final Duration remembered;

  private SentryException(
      Reason reason,
      String message,
      int status,
      long contentLength,
      boolean isSentrysWord,
      Duration remembered) {
    super(message);
    this.reason = reason;
    this.status = status;
    this.contentLength = contentLength;
    this.isSentrysWord = isSentrysWord;
    this.remembered = remembered;
  }

  /// A failure without an answer, or of one whose status does not matter.
  public SentryException(Reason reason, String message) {
    this(reason, message, 0, 0);
  }

  public SentryException(Reason reason, String message, int status, long contentLength) {
    this(reason, message, status, contentLength, false, Lifetime.of(reason));
  }

  /// The answer's status is not one of success.
  public static SentryException ofStatus(String message, int status, long contentLength) {
    return new SentryException(Reason.ofStatus(status), message, status, contentLength);
  }

  /// No request was sent: Sentry requires a wait that is longer than the deadline allows.
  public static SentryException noTurn(String message, Duration wait) {
    return new SentryException(
            Reason.RATE_LIMITED,
            message + "; the next request may go in " + wait.toMillis() + " ms")
        .rememberedFor(Collections.min(List.of(wait, Lifetime.RATE_LIMITED.duration())));
  }

  /// The same refusal, which has the form that Sentry uses for a missing scope, endpoint,
  /// organization or project; others may be a proxy's.
  public SentryException inSentrysWords() {
    return new SentryException(
        reason, String.valueOf(getMessage()), status, contentLength, true, remembered);
  }

  /// The same failure, after which the request is not sent again for this time.
  public SentryException rememberedFor(Duration time) {
    return new SentryException(
        reason, String.valueOf(getMessage()), status, contentLength, isSentrysWord, time);
  }

  /// The same failure with another reason.
  public SentryException because(Reason other) {
    return new SentryException(
        other,
        String.valueOf(getMessage()),
        status,
        contentLength,
        isSentrysWord,
        Lifetime.of(other));
  }

  /// The same failure in other words.
  public SentryException withMessage(String message) {
    return new SentryException(reason, message, status, contentLength, isSentrysWord, remembered);
  }

  public Reason reason() {
    return reason;
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
    return remembered;
  }

  /// Whether it has the form that Sentry uses for refusals; if not, a proxy may have answered.
  public boolean isSentrysWord() {
    return isSentrysWord;
  }

  /// Whether no request was sent because its turn would come too late.
  public boolean isWithoutTurn() {
    return reason == Reason.RATE_LIMITED && status == 0;
  }
}
