package io.sentryexporter.sentry;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.SentryClient.Outage;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.ErrorDetail;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RateLimitHeaders;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Requests the endpoints of one instance with its token, and distinguishes the ways in which
/// Sentry refuses.
final class ApiClient {
  /// Statuses whose body is read: the answer, and errors that may name their cause.
  private static final Statuses READ =
      new Statuses(Set.of(200, 400, 401, 403, 404, 410, 500, 502, 503, 504));

  private static final Header ACCEPT = new Header("Accept", new Secret("application/json"));

  private static final String CERTIFICATE_WANTED =
      "a server in front of Sentry wants a client certificate, or another one; write"
          + " tls_config.cert_file and key_file";
  private static final String PROXY_LOGIN =
      "the proxy wants a user and password; write them in proxy_url,"
          + " http://user:password@host:port, or in the variable HTTP_PROXY";

  /// Longer than the time between the requests of one probe.
  private static final Duration ONE_PROBE = Duration.ofSeconds(10);

  private static final Pattern SCOPES = Pattern.compile("scope=\"([a-z0-9:_ -]{1,200})\"");

  /// Endpoints whose 404 may be about the organization or project in their path.
  private static final Set<Endpoint> OF_OBJECTS =
      Set.of(
          Endpoint.ORGANIZATIONS,
          Endpoint.ORGANIZATION,
          Endpoint.PROJECTS,
          Endpoint.PROJECT,
          Endpoint.PROJECT_STATS);

  /// Endpoints that every Sentry has.
  private static final Set<Endpoint> OF_EVERY_SENTRY =
      Set.of(Endpoint.ORGANIZATIONS, Endpoint.ORGANIZATION, Endpoint.PROJECTS, Endpoint.PROJECT);

  private final Instance instance;
  private final RequestSender sender;
  private final OrganizationState state;
  private final InstantSource clock;
  private final Deprecations deprecations;

  /// Null after an answer.
  private volatile @Nullable Outage outage;

  /// Time of the last answer; null before the first. Guarded by this.
  private @Nullable Instant answered;

  /// Null where the token is the only header.
  private final @Nullable ClientHeaders clientHeaders;

  ApiClient(Instance instance, RequestSender sender, OrganizationState state, TimeSource time) {
    this.instance = instance;
    this.sender = sender;
    this.state = state;
    this.clock = time;
    this.clientHeaders =
        instance.client() == null ? null : new ClientHeaders(sender, time::nanoTime);
    this.deprecations = new Deprecations("instance", instance.name());
  }

  /// The endpoints that Sentry is going to remove.
  Deprecations deprecations() {
    return deprecations;
  }

  /// Why the instance gives no answers; null if the last request had one.
  @Nullable Outage outage() {
    return outage;
  }

  /// An answer of status 200 and a JSON content type.
  ///
  /// @param organization that it is about; empty for none
  /// @param region one of the instance's to send it to; null for the instance's own URL
  HttpAnswer get(ApiGet request, String organization, @Nullable URI region, Deadline deadline)
      throws SentryException, InterruptedException {
    Instant begun = clock.instant();
    try {
      HttpAnswer answer = answered(request, organization, region, deadline);
      answered();
      return answer;
    } catch (SentryException e) {
      failed(e, begun);
      throw e;
    }
  }

  private synchronized void answered() {
    answered = clock.instant();
    outage = null;
  }

  private synchronized void failed(SentryException e, Instant begun) {
    switch (e.reason()) {
      case DNS,
          CONNECT,
          CONNECTION_CLOSED,
          PROTOCOL,
          TLS,
          TIMEOUT,
          AUTH,
          RATE_LIMITED,
          UPSTREAM_5XX,
          PARSE,
          REDIRECT,
          NOT_SENTRY -> {
        Instant last = answered;
        if (last != null && last.isAfter(begun.minus(ONE_PROBE))) {
          return; // others of the same probe have an answer
        }
        Outage before = outage;
        Instant now = clock.instant();
        Instant since = before == null ? now : before.since();
        outage = new Outage(e.reason(), String.valueOf(e.getMessage()), since, now);
      }
      case SCOPE, NOT_FOUND, UNSUPPORTED, REJECTED -> answered();
      case NOT_ALLOWED, TOO_LARGE, TRUNCATED, CONFIG, CANCELLED, INTERNAL -> {}
    }
  }

  private HttpAnswer answered(
      ApiGet request, String organization, @Nullable URI region, Deadline deadline)
      throws SentryException, InterruptedException {
    Sent sent = sent(region, deadline);
    HttpAnswer http = get(request, organization, sent, deadline);
    if (http.status() == 401 && isRenewed(sent)) {
      sent = sent(region, deadline);
      http = get(request, organization, sent, deadline);
    }
    deprecations.read(request.endpoint(), http.headers(), sent.redactor()::redactReply);
    if (http.status() == 200 || http.status() == 403) { // others may come from before the check
      state.tokenAccepted(sent.place(), organization);
    }
    if (http.status() != 200) {
      throw refusal(request, organization, http, sent);
    }
    String type = Json.contentType(http.headers());
    if (!Json.isJson(type)) {
      throw new SentryException(
          Reason.PARSE,
          named(request, sent)
              + ": the answer is "
              + sent.redactor().redactReply(type)
              + ", not JSON; check that the url is Sentry's own; for the login page of an access"
              + " proxy, write the headers that it wants in http_headers",
          http.status(),
          http.contentLength());
    }
    return http;
  }

  private HttpAnswer get(ApiGet request, String organization, Sent sent, Deadline deadline)
      throws SentryException, InterruptedException {
    state.check(sent.token(), sent.place(), organization);
    var get = new HttpGet(request.address(server(sent)), sent.headers(), instance.client());
    try {
      var call = new Call(request.endpoint(), get, READ, instance.rateShare());
      return sender.send(call, deadline).http();
    } catch (SentryException e) {
      throw e.reason() == Reason.REDIRECT // to a host that may be named after the token
          ? e.withMessage(sent.redactor().redactWords(String.valueOf(e.getMessage())))
          : e;
    }
  }

  /// What one request is sent with.
  ///
  /// @param token that identifies the caller: Sentry's, or the header Authorization as a whole
  /// @param redactor hides the secrets among the headers
  /// @param region null for the instance's own URL
  private record Sent(
      Secret token, List<Header> headers, SecretRedactor redactor, @Nullable URI region) {
    /// By which [OrganizationState] knows the server: its refusal is its own.
    String place() {
      return region == null ? OrganizationState.EVERYWHERE : region.toString();
    }
  }

  private URI server(Sent sent) {
    return sent.region() == null ? instance.url() : sent.region();
  }

  private Sent sent(@Nullable URI region, Deadline deadline)
      throws SentryException, InterruptedException {
    ClientSettings client = instance.client();
    if (client == null || clientHeaders == null) {
      Secret token = TokenReader.token(instance.credentials());
      return new Sent(
          token,
          List.of(authorization(token), ACCEPT),
          SecretRedactor.ofHeaders(List.of(token)).and(sender.proxyRedactor(null)),
          region);
    }
    var made = clientHeaders.of(client, deadline);
    var headers = new ArrayList<Header>();
    Secret token = made.authorization();
    var redactor = made.redactor();
    if (token == null) {
      token = TokenReader.token(instance.credentials());
      headers.add(authorization(token));
      redactor = redactor.and(token);
    }
    if (made.headers().stream().noneMatch(header -> header.is(ACCEPT.name()))) {
      headers.add(ACCEPT);
    }
    headers.addAll(made.headers());
    return new Sent(token, headers, redactor, region);
  }

  private static Header authorization(Secret token) {
    return new Header(ClientHeaders.AUTHORIZATION, new Secret("Bearer " + token.reveal()));
  }

  /// Whether another token is to be had after a 401.
  private boolean isRenewed(Sent sent) {
    return instance.client() != null
        && clientHeaders != null
        && clientHeaders.refused(instance.client(), sent.token());
  }

  private SentryException refusal(ApiGet request, String organization, HttpAnswer http, Sent sent) {
    int status = http.status();
    Secret token = sent.token();
    ErrorDetail detail = ErrorDetail.of(http, sent.redactor());
    String what = named(request, sent) + ": HTTP " + status + detail.inBrackets();
    return switch (status) {
      case 400 -> {
        if (detail.isNoProjects()) {
          yield new SentryException(
              Reason.SCOPE,
              what + "; the token's user is in no team of a project",
              status,
              http.contentLength());
        }
        if (!detail.isJson() && isWantOfTls(http)) {
          yield refused(what + "; it speaks TLS: write https:// in the url of the instance", http);
        }
        if (!detail.isJson() && isWantOfCertificate(http)) {
          yield refused(what + "; " + CERTIFICATE_WANTED, http);
        }
        yield detail.isQueryTimeout()
            ? new SentryException(Reason.TIMEOUT, what, status, http.contentLength())
            : refused(what, http);
      }
      case 401 -> {
        state.tokenRefused(token, detail.isOfOrganization() ? organization : sent.place(), what);
        yield refused(what + "; " + unauthorized(detail), http);
      }
      case 403 ->
          detail.isJson()
              ? refused(what + "; " + forbidden(request, http, sent), http, Lifetime.MISSING_SCOPE)
              : refused(
                  what
                      + "; these are not Sentry's words: a proxy or firewall has refused us; write"
                      + " the headers that it wants in http_headers",
                  http);
      case 404, 410 -> absent(what, request, http, detail, sent);
      case 407 -> refused(what + "; " + PROXY_LOGIN, http);
      case 429 -> {
        Duration wait = RateLimitHeaders.read(http.headers(), clock.instant()).askedWait();
        yield wait == null ? refused(what, http) : refused(what, http).rememberedFor(wait);
      }
      default -> refused(what, http);
    };
  }

  /// Whether the page is nginx's answer to a client without a certificate, or with one that it does
  /// not accept.
  private static boolean isWantOfCertificate(HttpAnswer http) {
    String page = new String(http.body(), StandardCharsets.ISO_8859_1);
    return page.contains("No required SSL certificate was sent")
        || page.contains("The SSL certificate error");
  }

  /// Whether the page is the answer of nginx or Go to plain HTTP on a TLS port.
  private static boolean isWantOfTls(HttpAnswer http) {
    String page = new String(http.body(), StandardCharsets.ISO_8859_1);
    return page.contains("plain HTTP request was sent to HTTPS port")
        || page.contains("HTTP request to an HTTPS server");
  }

  private static String unauthorized(ErrorDetail detail) {
    if (!detail.isJson()) {
      return "these are not Sentry's words: a proxy in front of it wants a login of its own; write"
          + " the headers that it wants in http_headers";
    }
    if (detail.text().startsWith("Authentication credentials were not provided")) {
      return "the header Authorization did not reach Sentry; let the proxy in front of it pass it"
          + " on";
    }
    return switch (detail.code()) {
      case "sso-required", "2fa-required" ->
          "use the token of an internal integration, which needs no sign-on of a user";
      default -> "give the instance a token that Sentry knows";
    };
  }

  private static String forbidden(ApiGet request, HttpAnswer http, Sent sent) {
    return TokenReader.misuseOf(sent.token().reveal())
        .orElseGet(() -> "give the token the scope " + scope(request, http, sent.redactor()));
  }

  private SentryException absent(
      String what, ApiGet request, HttpAnswer http, ErrorDetail detail, Sent sent) {
    if (detail.isJson() && OF_OBJECTS.contains(request.endpoint())) {
      return refused(
          what + "; there is none, or the token does not see it", http, Lifetime.UNKNOWN_TARGET);
    }
    if (OF_EVERY_SENTRY.contains(request.endpoint())) {
      return new SentryException(
          Reason.NOT_SENTRY, what + "; " + notSentry(sent), http.status(), http.contentLength());
    }
    return unsupported(what, http, detail, sent);
  }

  private String notSentry(Sent sent) {
    return "this does not look like Sentry; check the url of the instance "
        + instance.name()
        + ": "
        + server(sent);
  }

  private static SentryException refused(String what, HttpAnswer http, Lifetime lifetime) {
    return refused(what, http).inSentrysWords().rememberedFor(lifetime.duration());
  }

  private static SentryException refused(String what, HttpAnswer http) {
    return SentryException.ofStatus(what, http.status(), http.contentLength());
  }

  /// For an endpoint that it does not have, Sentry's answer is JSON or empty.
  private SentryException unsupported(String what, HttpAnswer http, ErrorDetail detail, Sent sent) {
    boolean isSentrysWord = detail.isJson() || http.body().length == 0;
    var absent =
        new SentryException(
            Reason.UNSUPPORTED,
            what
                + (isSentrysWord
                    ? "; this server does not have the endpoint, or has it switched off"
                    : "; these are not Sentry's words: " + notSentry(sent)),
            http.status(),
            http.contentLength());
    return isSentrysWord ? absent.inSentrysWords() : absent;
  }

  /// As newer servers name them; any one of several suffices.
  private static String scope(ApiGet request, HttpAnswer http, SecretRedactor redactor) {
    Matcher told = SCOPES.matcher(http.headers().list("WWW-Authenticate").orElse(""));
    return told.find()
        ? redactor.redactReply(String.join(" or ", told.group(1).strip().split(" +")))
        : request.endpoint().scope();
  }

  private static String named(ApiGet request, Sent sent) {
    return "GET " + (sent.region() == null ? "" : sent.region()) + request.escapedPath();
  }
}
