package io.sentryexporter.simulator.message;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sentry's error answers whose text is always the same.
///
/// Their labels are the names that `X-Simulate: error …` uses.
public enum SentryError {
  QUERY_TIMEOUT(
      "400-query-timeout",
      detail(
          "\nQuery timeout. Please try again. If the problem persists try a smaller date range or"
              + " fewer projects. Also consider a\nfilter on the transaction field if you're"
              + " filtering performance data.\n")),
  MULTI_PROJECT(
      "400-multi-project", detail("You do not have the multi project stream feature enabled")),
  NO_CREDENTIALS(
      "401-no-credentials", detail("Authentication credentials were not provided."), challenge()),
  INVALID_TOKEN("401-invalid-token", detail("Invalid token"), challenge()),
  INVALID_ORG_TOKEN("401-invalid-org-token", detail("Invalid org token")),
  TOKEN_EXPIRED("401-token-expired", detail("Token expired"), challenge()),
  HEADER_WITHOUT_TOKEN(
      "401-header-without-token",
      detail("Invalid token header. No credentials provided."),
      challenge()),
  HEADER_MALFORMED(
      "401-header-malformed",
      detail("Invalid token header. Token string should not contain spaces."),
      challenge()),
  WRONG_ORGANIZATION(
      "401-wrong-organization", detail("Unauthorized organization access."), challenge()),
  SSO_REQUIRED(
      "401-sso-required",
      coded("sso-required", "Must login via SSO", "{\"loginUrl\":\"/auth/login/acme/\"}")),
  TWO_FACTOR_REQUIRED(
      "401-2fa-required",
      coded("2fa-required", "Organization requires two-factor authentication to be enabled", "{}")),
  MEMBER_DISABLED(
      "401-member-disabled",
      coded(
          "member-disabled-over-limit",
          "Organization over member limit",
          "{\"next\":\"/organizations/acme/disabled-member/\"}")),
  NO_PERMISSION(
      "403-permission",
      detail("You do not have permission to perform this action."),
      insufficientScope("org:read org:write org:admin")),
  NO_RESOURCE("404-resource", detail("The requested resource does not exist")),
  GATEWAY_NOT_FOUND("404-apigateway", gateway("Not found")),
  UNKNOWN_ROUTE("404-unknown-route", Kind.HTML_TYPE, "", ""),
  GONE("410-gone", "{\"message\":\"This API no longer exists.\"}"),
  GATEWAY_TOO_MANY("429-apigateway", gateway("Too many requests")),
  STORAGE_TOO_MANY(
      "429-snuba",
      Kind.JSON,
      detail(
          "Rate limit exceeded. Please try your query with a smaller date range or fewer"
              + " projects."),
      """
      X-Sentry-Rate-Limit-Remaining: 0\r
      X-Sentry-Rate-Limit-Limit: None\r
      X-Sentry-Rate-Limit-Reset: None\r
      X-Sentry-Rate-Limit-ConcurrentRemaining: None\r
      X-Sentry-Rate-Limit-ConcurrentLimit: 20\r
      """),
  INTERNAL(
      "500-internal",
      "{\"detail\":\"Internal Error\",\"errorId\":\"a1b2c3d4e5f60718293a4b5c6d7e8f90\"}"),
  QUERY_FAILED("500-query-failed", detail("Internal error. Please try again.")),
  GATEWAY_BAD("502-apigateway", gateway("Downstream error")),
  GATEWAY_UNAVAILABLE("503-apigateway", gateway("Downstream service unavailable")),
  GATEWAY_TIMEOUT("504-apigateway", gateway("Downstream timeout"));

  /// Content types.
  private static final class Kind {
    static final String JSON = "application/json";
    static final String HTML_TYPE = "text/html; charset=utf-8";
  }

  private final String label;
  private final String contentType;
  private final String body;
  private final String headerLines;

  SentryError(String label, String body) {
    this(label, Kind.JSON, body, "");
  }

  SentryError(String label, String body, String headerLines) {
    this(label, Kind.JSON, body, headerLines);
  }

  SentryError(String label, String contentType, String body, String headerLines) {
    this.label = label;
    this.contentType = contentType;
    this.body = body;
    this.headerLines = headerLines;
  }

  /// The error of a label, null if there is none.
  public static @Nullable SentryError of(String label) {
    return Arrays.stream(values())
        .filter(error -> error.label.equals(label))
        .findFirst()
        .orElse(null);
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(SentryError::label).toList();
  }

  /// The status and what it means, such as `401-sso-required`.
  public String label() {
    return label;
  }

  public Answer answer() {
    var status = Integer.parseInt(label, 0, 3, 10);
    return Answer.of(status, contentType, body).withLines(headerLines);
  }

  /// True if Sentry's rate-limit headers come with it: gateways know none, storage sends its own.
  public boolean advertisesLimits() {
    return switch (this) {
      case GATEWAY_NOT_FOUND,
          GATEWAY_TOO_MANY,
          GATEWAY_BAD,
          GATEWAY_UNAVAILABLE,
          GATEWAY_TIMEOUT,
          STORAGE_TOO_MANY,
          UNKNOWN_ROUTE ->
          false;
      default -> true;
    };
  }

  /// The refusal of a token that may not do this.
  ///
  /// @param scopes that the refusal names, separated by spaces; empty for none
  public static Answer permission(String scopes) {
    return Answer.of(403, Kind.JSON, detail("You do not have permission to perform this action."))
        .withLines(scopes.isEmpty() ? "" : insufficientScope(scopes));
  }

  private static String detail(String text) {
    return Json.detail(text);
  }

  private static String gateway(String text) {
    return "{\"error\":\"apigateway\",\"detail\":" + Json.quote(text) + "}";
  }

  private static String coded(String code, String message, String extra) {
    return "{\"detail\":{\"code\":%s,\"message\":%s,\"extra\":%s}}"
        .formatted(Json.quote(code), Json.quote(message), extra);
  }

  private static String challenge() {
    return "WWW-Authenticate: xBasic realm=\"api\"\r\n";
  }

  private static String insufficientScope(String scopes) {
    return "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"" + scopes + "\"\r\n";
  }
}
