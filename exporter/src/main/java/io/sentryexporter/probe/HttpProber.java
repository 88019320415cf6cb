package io.sentryexporter.probe;

import io.sentryexporter.config.HttpModule;
import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.ClientHeaders;
import io.sentryexporter.sentry.Deprecations;
import io.sentryexporter.sentry.OrganizationState;
import io.sentryexporter.sentry.api.EventStats;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RateLimitHeaders;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.Answer;
import io.sentryexporter.sentry.transport.RequestSender.Call;
import io.sentryexporter.sentry.transport.RequestSender.Call.Statuses;
import io.sentryexporter.text.PercentEncoding;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `prober: http`, the drop-in for the old exporters: `GET prefix + target + /stats/`, and five
/// metrics with their old names and meaning.
///
/// Newer servers no longer have statistics of an organization; these come from `stats_v2` instead.
public final class HttpProber {
  static final Metric ERROR_RECEIVED =
      Metric.gauge(
          "sentry_probe_error_received",
          "Events that Sentry received in the running bucket of its statistics: by default the"
              + " current hour, so the value grows for an hour and then falls to 0.");
  static final Metric STATUS_CODE =
      Metric.gauge("sentry_probe_status_code", "HTTP status of Sentry's answer, 0 without one.");
  static final Metric CONTENT_LENGTH =
      Metric.gauge(
          "sentry_probe_content_length",
          "Bytes of Sentry's answer, -1 if it was compressed or chunked, 0 without one.");

  /// The value of the label `collector` for this prober.
  public static final String COLLECTOR = "http";

  /// The metrics that a probe may return, in the order of the page.
  public static final List<Metric> DECLARED =
      List.of(
          ERROR_RECEIVED,
          STATUS_CODE,
          CONTENT_LENGTH,
          ProbeMetrics.DURATION,
          ProbeMetrics.SUCCESS,
          ProbeMetrics.FAILURE,
          ProbeMetrics.DATA_AGE);

  private final RequestSender sender;
  private final AnswerCache answers;
  private final TimeSource time;

  /// Of addresses, which stand for organizations.
  private final OrganizationState missing;

  private final FailureLog failures;
  private final Deprecations deprecations = new Deprecations("prober", "http");

  /// Made for the first module with settings of its own for HTTP.
  private @Nullable ClientHeaders clientHeaders;

  public HttpProber(
      RequestSender sender, AnswerCache answers, TimeSource time, FailureLog failures) {
    this.sender = sender;
    this.answers = answers;
    this.time = time;
    this.missing = new OrganizationState(time::nanoTime);
    this.failures = failures;
  }

  /// Probes once. Errors of Sentry are part of the result; the trace records each step.
  public ProbeResult probe(HttpModule module, String target, Deadline deadline, Trace trace)
      throws InterruptedException {
    long started = time.nanoTime();
    var seen = new Seen();
    Failure failure = run(module, target, deadline, trace, seen);
    var duration = Duration.ofNanos(time.nanoTime() - started);
    failures.ended(
        new FailureLog.Place.Server(server(module)),
        trace,
        failure == null ? List.of() : List.of(failure));
    String seconds = "" + duration.toNanos() / 1e9;
    if (failure == null) {
      trace.info(
          "probe succeeded",
          "status",
          "" + seen.status,
          "error_received",
          "" + seen.count,
          "duration_seconds",
          seconds);
    } else {
      trace.info(
          "probe failed",
          "reason",
          failure.reason().label(),
          "error",
          failure.error(),
          "duration_seconds",
          seconds);
    }
    Reason reason = failure == null ? null : failure.reason();
    return new ProbeResult(
        trace,
        failure == null ? null : failure.shownBy(trace),
        failure == null ? Duration.ofNanos(time.nanoTime() - seen.receivedNanos) : null,
        duration,
        families(seen, reason, duration));
  }

  private static String server(HttpModule module) {
    URI prefix = module.prefixUri();
    return prefix == null ? module.prefix() : prefix.getAuthority();
  }

  private @Nullable Failure run(
      HttpModule module, String target, Deadline deadline, Trace trace, Seen seen)
      throws InterruptedException {
    URI prefix = module.prefixUri();
    if (prefix == null) {
      return new Failure(Reason.CONFIG, "the module's prefix is not an http or https address");
    }
    try {
      seen.count = count(module, HttpTarget.address(prefix, target), deadline, trace, seen);
      return null;
    } catch (SentryException e) {
      seen.status = e.status();
      seen.contentLength = e.contentLength();
      return Failure.of(e);
    }
  }

  private double count(HttpModule module, URI address, Deadline deadline, Trace trace, Seen seen)
      throws SentryException, InterruptedException {
    Endpoint endpoint = Endpoint.of(address);
    boolean replaceable = endpoint.equals(Endpoint.ORGANIZATION_STATS);
    if (replaceable && missing.isAbsent(address.toString(), endpoint)) {
      return countOfGroups(module, address, deadline, trace, seen);
    }
    HttpAnswer answer = get(module, endpoint, address, deadline, trace, seen);
    if (replaceable && isGone(answer.status()) && !valid(module).contains(answer.status())) {
      trace.debug("organization statistics are gone, requesting stats_v2");
      double count = countOfGroups(module, address, deadline, trace, seen);
      boolean _ = missing.absent(address.toString(), endpoint, isSentrysWord(answer));
      return count;
    }
    double count = EventStats.newestBucket(accepted(module, endpoint, answer), now(answer));
    if (replaceable) {
      missing.worked(address.toString(), endpoint);
    }
    return count;
  }

  /// The time by the server's clock, if the answer has it.
  private Instant now(HttpAnswer answer) {
    Instant date = RateLimitHeaders.date(answer.headers());
    return date == null ? time.instant() : date;
  }

  /// Forgets which statistics are missing: the next probe requests them again.
  public void forgetRefusals() {
    missing.forgetRefusals();
  }

  /// Whether the answer has the form in which Sentry reports a missing endpoint or object: JSON or
  /// an empty body.
  private static boolean isSentrysWord(HttpAnswer answer) {
    return answer.contentLength() == 0 || Json.isJson(Json.contentType(answer.headers()));
  }

  private static boolean isGone(int status) {
    return status == 404 || status == 410;
  }

  private double countOfGroups(
      HttpModule module, URI address, Deadline deadline, Trace trace, Seen seen)
      throws SentryException, InterruptedException {
    String path = address.toString();
    var replacement =
        URI.create(
            path.substring(0, path.length() - "stats/".length())
                + "stats_v2/?field=sum(quantity)&statsPeriod=1h&interval=1h&category=error"
                + "&outcome=accepted&outcome=filtered&outcome=rate_limited");
    var answer = get(module, Endpoint.ORGANIZATION_STATS_V2, replacement, deadline, trace, seen);
    return EventStats.newestBucketOfGroups(
        accepted(module, Endpoint.ORGANIZATION_STATS_V2, answer));
  }

  private HttpAnswer get(
      HttpModule module, Endpoint endpoint, URI address, Deadline deadline, Trace trace, Seen seen)
      throws SentryException, InterruptedException {
    HttpAnswer answer = answered(module, endpoint, address, deadline, trace, seen);
    ClientSettings client = module.client();
    boolean isRenewed =
        answer.status() == 401
            && client != null
            && clientHeaders().refused(client, seen.authorization);
    return isRenewed ? answered(module, endpoint, address, deadline, trace, seen) : answer;
  }

  private List<Header> headers(HttpModule module, Deadline deadline, Trace trace, Seen seen)
      throws SentryException, InterruptedException {
    ClientSettings client = module.client();
    if (client == null) {
      trace.hide(sender.proxyRedactor(null));
      return module.headers();
    }
    var made = clientHeaders().of(client, deadline);
    seen.authorization = made.authorization();
    trace.hide(made.redactor());
    var headers = new ArrayList<>(module.headers());
    headers.addAll(made.headers());
    return headers;
  }

  private synchronized ClientHeaders clientHeaders() {
    if (clientHeaders == null) {
      clientHeaders = new ClientHeaders(sender, time::nanoTime);
    }
    return clientHeaders;
  }

  private HttpAnswer answered(
      HttpModule module, Endpoint endpoint, URI address, Deadline deadline, Trace trace, Seen seen)
      throws SentryException, InterruptedException {
    List<Header> headers = headers(module, deadline, trace, seen);
    var call =
        new Call(
            endpoint,
            new HttpGet(address, headers, module.client()),
            valid(module),
            module.rateShare());
    trace.debug(
        "sending request to sentry",
        "url",
        address.toString(),
        "seconds_left",
        String.valueOf(deadline.remaining().toMillis() / 1e3));
    Duration interval = module.refreshInterval();
    var redactor = Header.redactor(headers).and(sender.proxyRedactor(module.client()));
    AnswerCache.Given<Answer> given;
    try {
      given =
          answers.get(
              new AnswerCache.OneCall(sender, call, interval.isPositive()),
              new CachePolicy(interval, interval),
              deadline);
    } catch (SentryException e) {
      throw e.reason() == Reason.REDIRECT // to a host that may be named after a secret
          ? e.withMessage(redactor.redactWords(String.valueOf(e.getMessage())))
          : e;
    }
    Answer answer = given.answer();
    deprecations.read(endpoint, answer.http().headers(), redactor::redactReply);
    String type = Json.contentType(answer.http().headers());
    seen.status = answer.http().status();
    seen.contentLength = answer.http().contentLength();
    seen.receivedNanos = given.kept().receivedNanos();
    trace.debug(
        "sentry answered",
        "status",
        "" + seen.status,
        "content_type",
        type.equals("application/json") ? type : redactor.redactReply(type),
        "bytes",
        "" + answer.http().body().length,
        "source",
        given.source().name().toLowerCase(Locale.ROOT),
        "requests",
        "" + answer.requests(),
        "waited_seconds",
        String.valueOf(answer.waited().toMillis() / 1e3));
    return answer.http();
  }

  private static HttpAnswer accepted(HttpModule module, Endpoint endpoint, HttpAnswer answer)
      throws SentryException {
    if (valid(module).contains(answer.status())) {
      return answer;
    }
    if (isGone(answer.status()) && !endpoint.equals(Endpoint.OTHER) && !isSentrysWord(answer)) {
      throw new SentryException(
          Reason.NOT_SENTRY,
          "HTTP "
              + answer.status()
              + ": this does not look like Sentry; check the module's prefix, "
              + module.prefixUri(),
          answer.status(),
          answer.contentLength());
    }
    throw SentryException.ofStatus(
        "HTTP " + answer.status() + "; " + advice(answer, module, endpoint),
        answer.status(),
        answer.contentLength());
  }

  private static String advice(HttpAnswer answer, HttpModule module, Endpoint endpoint) {
    int status = answer.status();
    return switch (status) {
      case 400 ->
          "a server in front of Sentry answers so if it wants https, or a client certificate:"
              + " tls_config.cert_file and key_file";
      case 401 ->
          answer.headers().list("WWW-Authenticate").orElse("").startsWith("Basic ")
              ? "a proxy in front of Sentry wants a login of its own; write the headers that it"
                  + " wants in http_headers"
              : "Sentry does not know the token; check the module's Authorization header";
      case 403 ->
          module
              .misuse()
              .orElse(
                  "give the token the scope " + endpoint.scope() + ", or access to the project");
      case 404, 410 ->
          "no such organization, project or endpoint, or the token does not see it; check target"
              + " and prefix";
      case 202, 205 ->
          "an answer without data; name it in valid_status_codes if this server gives data with it";
      case Statuses.PARTIAL_CONTENT -> "only a part of the data; what is between us and Sentry?";
      case 407 ->
          "the proxy wants a user and password; write them in proxy_url,"
              + " http://user:password@host:port, or in the variable HTTP_PROXY";
      case 429 -> "too many requests; scrape less often or fewer targets";
      default ->
          status >= 500
              ? "Sentry or a gateway before it is out of order"
              : "not among the statuses that count as success";
    };
  }

  private static Statuses valid(HttpModule module) {
    return new Statuses(module.validStatusCodes());
  }

  private List<MetricFamily> families(Seen seen, @Nullable Reason failure, Duration duration) {
    var families = new ArrayList<MetricFamily>();
    if (failure == null) {
      families.add(MetricFamily.of(ERROR_RECEIVED, seen.count));
    }
    families.add(MetricFamily.of(STATUS_CODE, seen.status));
    families.add(MetricFamily.of(CONTENT_LENGTH, (double) seen.contentLength));
    families.add(MetricFamily.of(ProbeMetrics.DURATION, duration.toNanos() / 1e9));
    families.add(MetricFamily.of(ProbeMetrics.SUCCESS, failure == null ? 1 : 0));
    if (failure != null) {
      families.add(MetricFamily.of(ProbeMetrics.FAILURE, 1, COLLECTOR, failure.label()));
    }
    if (failure == null) {
      double age = (time.nanoTime() - seen.receivedNanos) / 1e9;
      families.add(MetricFamily.of(ProbeMetrics.DATA_AGE, age, COLLECTOR));
    }
    return families;
  }

  /// The state of one probe; local to one call of [#probe].
  private static final class Seen {
    private int status;
    private long contentLength;
    private double count;
    private long receivedNanos;
    private @Nullable Secret authorization;
  }

  /// The target of `prober: http` and the address that it makes with a module's prefix.
  ///
  /// The target is part of a path and nothing else. A target that could leave the prefix's server
  /// or climb out of its path is refused, so that a client of the exporter cannot send the token
  /// elsewhere.
  static final class HttpTarget {
    private static final String PLAIN = "-._~!$&'()*+,;=:@/";

    /// A prefix that lacks its last slash: without one the target would grow together with the word
    /// before, and no endpoint of Sentry has such a path.
    private static final Pattern LACKS_SLASH =
        Pattern.compile(".*/api/0/(organizations|projects|projects/[^/]+)");

    private HttpTarget() {}

    /// What is wrong with a target, or null if nothing is.
    static @Nullable String fault(String target) {
      if (target.contains("..")) {
        return "must not contain \"..\"";
      }
      if (("/" + target + "/").contains("/./")) { // servers take it out, and read another path
        return "must not contain a name \".\"";
      }
      for (int i = 0; i < target.length(); i++) {
        char character = target.charAt(i);
        if (character == '?' || character == '#' || character == '\\' || character == '%') {
          return "must not contain \"" + character + "\"";
        }
        if (Character.isISOControl(character)) {
          return "must not contain control characters";
        }
      }
      return target.length() > 500 ? "must not be longer than 500 characters" : null;
    }

    /// Prefix, target and `/stats/`, put together as the old exporters do.
    ///
    /// The server is always the prefix's: between it and the target there is at least a slash.
    static URI address(URI prefix, String target) {
      String before = prefix.toString();
      boolean joined = before.endsWith("/") || target.startsWith("/");
      if (!joined && lacksSlash(prefix.getRawPath(), target)) {
        before += "/";
      }
      return URI.create(before + PercentEncoding.of(target, PLAIN) + "/stats/");
    }

    private static boolean lacksSlash(String path, String target) {
      if (path.isEmpty()) {
        return true;
      }
      var match = LACKS_SLASH.matcher(path);
      return match.matches() && !(match.group(1).startsWith("projects/") && target.contains("/"));
    }
  }
}
