package io.sentryexporter.simulator.server;

import io.sentryexporter.simulator.api.RateLimits;
import io.sentryexporter.simulator.api.Route;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.fault.Fault.RetryAfterForm;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Request;
import io.sentryexporter.simulator.message.Status;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The answers that faults put in place of the right one.
final class FaultAnswers {
  private static final String JSON = "application/json";
  private static final String REDIRECTED = "simulated-redirect=1";

  private static final String LOGIN_PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head><title>Login | Sentry</title></head>
      <body><form method="post" action="/auth/login/"><input name="username">
      <input name="password" type="password"><button>Continue</button></form></body>
      </html>
      """;

  private final Request request;
  private final Answer right;
  private final String limitLines;
  private final Instant now;

  /// @param right the answer without the fault
  /// @param limitLines headers with the limits
  FaultAnswers(Request request, Answer right, String limitLines, Instant now) {
    this.request = request;
    this.right = right;
    this.limitLines = limitLines;
    this.now = now;
  }

  /// What the fault makes of the request.
  Answer answer(Fault.OtherAnswer fault, @Nullable Route route) {
    var limit = route == null ? RateLimits.SHARED_LIMIT : route.limitPerSecond();
    var reset = now.getEpochSecond() + 1;
    return switch (fault) {
      case Fault.Gzip _ -> right.compressed();
      case Fault.Deprecation(var date, var replacement) ->
          right
              .with("X-Sentry-Deprecation-Date", date)
              .with("X-Sentry-Replacement-Endpoint", replacement);
      case Fault.Texts(var fields, var added) -> right.with(body -> added(body, fields, added));
      case Fault.GarbageJson(var garbage) -> Answer.json(garbage.body);
      case Fault.HtmlLogin _ -> Answer.of(200, "text/html; charset=utf-8", LOGIN_PAGE);
      case Fault.Failure(var error) ->
          error.advertisesLimits() ? error.answer().withLines(limitLines) : error.answer();
      case Fault.Status(var status) -> Answer.of(status, JSON, Json.detail(Status.phrase(status)));
      case Fault.NginxPage(var status) -> nginx(status);
      case Fault.TooFrequent _ -> RateLimits.tooFrequent(limit, reset);
      case Fault.TooConcurrent _ -> RateLimits.tooConcurrent(limit, reset);
      case Fault.RetryLater later -> retryLater(later);
      case Fault.RedirectSameHost _ -> redirectOnce();
      case Fault.RedirectTo(var location) -> redirect(location.toString());
      case Fault.RedirectLoop _ -> redirect(request.target());
      case Fault.Body(var status, var contentType, var text) ->
          Answer.of(status, contentType, text);
    };
  }

  /// JSON with a text at the end of each text that is a value of these fields.
  private static String added(String json, String fields, String added) {
    String quoted = Json.quote(added);
    return Pattern.compile("\"(?:" + fields + ")\":\"(?:[^\"\\\\]|\\\\.)*")
        .matcher(json)
        .replaceAll(found ->
            Matcher.quoteReplacement(found.group() + quoted.substring(1, quoted.length() - 1)));
  }

  private Answer retryLater(Fault.RetryLater later) {
    var until = now.plus(later.after()).atZone(ZoneOffset.UTC);
    var value =
        later.form() == RetryAfterForm.SECONDS
            ? Long.toString(later.after().toSeconds())
            : DateTimeFormatter.RFC_1123_DATE_TIME.format(until);
    return Answer.of(429, JSON, Json.detail("Request was throttled.")).with("Retry-After", value);
  }

  private static Answer nginx(int status) {
    var title = status + " " + Status.phrase(status);
    return Answer.of(
        status,
        "text/html",
        """
        <html>
        <head><title>%s</title></head>
        <body>
        <center><h1>%s</h1></center>
        <hr><center>nginx</center>
        </body>
        </html>
        """
            .formatted(title, title));
  }

  /// A client sends its headers again, `X-Simulate` too: the mark in the query ends it.
  private Answer redirectOnce() {
    var target = request.target();
    if (target.endsWith(REDIRECTED)) {
      return right;
    }
    return redirect(target + (target.indexOf('?') < 0 ? "?" : "&") + REDIRECTED);
  }

  private static Answer redirect(String location) {
    return Answer.of(302, "text/html; charset=utf-8", "").with("Location", location);
  }
}
