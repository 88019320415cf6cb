package io.sentryexporter.sentry.model;

import java.util.Locale;

/// Why Sentry gave no figure: the closed set of values of the label `reason`.
public enum Reason {
  DNS("The host's name has no address."),
  CONNECT("No connection could be made, or it broke before the answer was whole."),
  TLS("The server's certificate or its TLS was refused."),
  TIMEOUT("The answer was not whole before the deadline."),
  AUTH("401: Sentry does not know the token; or there is none to ask with."),
  SCOPE("403: the token lacks a scope, or the project is closed to it."),
  NOT_FOUND("404 or 410: no such organization, project or endpoint."),
  RATE_LIMITED("429: too many requests."),
  UPSTREAM_5XX("5xx: Sentry or a gateway before it is out of order."),
  PARSE("The answer is not the JSON it should be: a login page, for example."),
  TOO_LARGE("The answer is larger than any that is expected."),
  REDIRECT("The answer leads to another host, or in a circle."),
  NOT_SENTRY("404 or 410, and not in Sentry's words: check the url."),
  UNSUPPORTED("This server does not have the endpoint, or has it switched off."),
  TRUNCATED("Sentry's answer is truncated however small the request."),
  REJECTED("Any other status that is not one of success."),
  CONFIG("The module's prefix is not an address that can be asked."),
  CANCELLED("Whoever asked hung up before the end; or the exporter stops, or can start no thread."),
  INTERNAL("A fault of this program, which its log tells.");

  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /// A sentence for people.
  public String meaning() {
    return meaning;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Reason of(SentryException exception) {
    return switch (exception) {
      case SentryException.UnknownHost _ -> DNS;
      case SentryException.NoConnection _ -> CONNECT;
      case SentryException.Untrusted _ -> TLS;
      case SentryException.TimedOut _ -> TIMEOUT;
      case SentryException.Cancelled _ -> CANCELLED;
      case SentryException.RateLimited _ -> RATE_LIMITED;
      case SentryException.TooLarge _ -> TOO_LARGE;
      case SentryException.RedirectRefused _ -> REDIRECT;
      case SentryException.NoToken _ -> AUTH;
      case SentryException.NoProjects _ -> SCOPE;
      case SentryException.Malformed _ -> PARSE;
      case SentryException.NotSentry _ -> NOT_SENTRY;
      case SentryException.Unsupported _ -> UNSUPPORTED;
      case SentryException.Truncated _ -> TRUNCATED;
      case SentryException.StatusRefused refused -> ofStatus(refused.status());
    };
  }

  private static Reason ofStatus(int status) {
    return switch (status) {
      case 401 -> AUTH;
      case 403 -> SCOPE;
      case 404, 410 -> NOT_FOUND;
      case 429 -> RATE_LIMITED;
      default -> {
        if (status >= 500) {
          yield UPSTREAM_5XX;
        }
        yield status >= 300 && status < 400 ? REDIRECT : REJECTED;
      }
    };
  }
}
