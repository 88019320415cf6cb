package io.sentryexporter.sentry.model;

import java.util.Locale;

/// Why data is missing or old: the closed set of values of the label `reason`.
public enum Reason {
  DNS(
      "The host's name has no address.",
      "Check the host in `url` or `prefix`, and the resolver of the machine or container."),
  CONNECT(
      "No connection could be made.",
      "Check that the host and port can be reached from the exporter: firewall, `proxy_url`, "
          + "`NO_PROXY`; the trace has the address."),
  CONNECTION_CLOSED(
      "The connection was closed or reset before the answer was complete, regardless of its"
          + " status.",
      "Look at the logs of Sentry and of the proxies in front of it: a restart, a crash, or a "
          + "limit of time or size; the trace has the status."),
  PROTOCOL(
      "The answer is not HTTP: a malformed head, chunk or compression.",
      "Check the port, and `http://` or `https://`; the trace shows what is malformed."),
  TLS(
      "The server's certificate or its TLS was refused.",
      "Name the authority that signed the certificate in `tls_config.ca_file`, or in "
          + "`SSL_CERT_FILE` for every Sentry; compare the host in `url` with the certificate's "
          + "names; the trace shows whether the server wants a client certificate."),
  TIMEOUT(
      "The answer was not complete before the deadline.",
      "Raise `scrape_timeout`, and `timeout` of the module; the trace shows which step took "
          + "the time. A collector's request goes on, and serves the next scrape."),
  AUTH(
      "401: Sentry does not know the token; or there is none to send: its file cannot be read, or "
          + "the server of `oauth2` gives none.",
      "Give the instance the token of an internal integration; a new one in "
          + "`auth_token_file` is used at once. The trace names a file or server that fails."),
  SCOPE(
      "403: the token lacks a scope, or its user has no access to the project.",
      "Give the token the scope that the message names, on the landing page, in the log and in the"
          + " trace; or its user a team of the project."),
  NOT_FOUND(
      "404 or 410: no such organization, project or endpoint, or the token does not see it.",
      "Compare the target with the slugs in Sentry's URLs, and check whose token it is."),
  NOT_ALLOWED(
      "The configuration of the instance does not allow it: nothing was requested.",
      "Remove the target, or change `organizations`, `exclude_organizations` or `projects` of the "
          + "instance; `/sd` lists only what they select."),
  RATE_LIMITED(
      "429: too many requests; or no turn before the deadline within Sentry's limit.",
      "Wait, or send less: scrape less often, fewer targets, a longer `refresh_interval`; "
          + "replace `prober: http` by `prober: sentry`."),
  UPSTREAM_5XX(
      "5xx: Sentry, or a gateway in front of it, is out of order.",
      "Look at Sentry's status page, or at the logs of a self-hosted one; it is requested "
          + "again by itself."),
  PARSE(
      "The answer is not the JSON it should be: a login page, for example.",
      "Check that `url` is Sentry's own; for the login page of an access proxy, write the headers "
          + "that it wants in `http_headers`; otherwise report the answer's form as a bug."),
  TOO_LARGE(
      "The answer is larger than expected.",
      "Give the exporter more memory (`docs/limits.md` has the sizes), or probe single projects."),
  REDIRECT(
      "The answer redirects to another host, or in a circle.",
      "Write the address it leads to as `url` or `prefix`, for the token goes to no other host; if "
          + "that is the login of an access proxy, write the headers that it wants in "
          + "`http_headers`."),
  NOT_SENTRY(
      "404 or 410, but not a response from Sentry.",
      "Check the URL: another web server answers there, or Sentry is below a path prefix."),
  UNSUPPORTED(
      "This server does not have the endpoint, or has disabled it.",
      "Nothing while other collectors have data; remove the collector from the module to clear the"
          + " reason."),
  TRUNCATED(
      "Sentry's answer is truncated however small the request.",
      "Narrow the request: fewer categories or a smaller group of projects; counters stay "
          + "absent meanwhile, not wrong."),
  REJECTED(
      "Any other status that is not successful.",
      "Read Sentry's message in the trace; for a query of the collector `queries`, correct its"
          + " fields."),
  CONFIG(
      "The module's prefix is not a usable URL.",
      "Correct `prefix`; `sentry_exporter check-config` shows the place."),
  CANCELLED(
      "The client hung up before the end; or the exporter stops, or can start no thread.",
      "Give the scrape more time than the probe: `--timeout-offset`; raise the limit of "
          + "threads if the log names it."),
  INTERNAL("A bug in the exporter.", "Report it with the trace in the log.");

  private final String meaning;
  private final String remedy;

  Reason(String meaning, String remedy) {
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /// A sentence that describes the failure.
  public String meaning() {
    return meaning;
  }

  /// A sentence that describes the operator's remedy, in Markdown.
  public String remedy() {
    return remedy;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason of an HTTP status that is not one of success.
  public static Reason ofStatus(int status) {
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
