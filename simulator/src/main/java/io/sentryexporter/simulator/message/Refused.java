package io.sentryexporter.simulator.message;

import java.io.Serial;

/// Ends the handling of a request early, with the answer to give.
public final class Refused extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient Answer answer;
  private final boolean advertisesLimits;

  public Refused(SentryError error) {
    this(error.answer(), error.advertisesLimits());
  }

  private Refused(Answer answer, boolean advertisesLimits) {
    super("answered " + answer.status(), null, false, false);
    this.answer = answer;
    this.advertisesLimits = advertisesLimits;
  }

  public static Refused with(Answer answer) {
    return new Refused(answer, true);
  }

  /// A parameter that Sentry would not take.
  public static Refused badRequest(String detail) {
    return with(Answer.of(400, "application/json", Json.detail(detail)));
  }

  public Answer answer() {
    return answer;
  }

  public boolean advertisesLimits() {
    return advertisesLimits;
  }
}
