package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Metric;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Sends requests to Sentry: each paced as Sentry's limits allow, counted and timed, and sent again
/// where that helps and the deadline allows it.
///
/// Never more are sent than the call's share of what an endpoint advertises, and none while Sentry
/// requires a wait. A turn after the deadline is not waited for: an immediate failure with the
/// reason `rate_limited` is more precise than a later timeout.
public final class RequestSender {
  /// After the third 429 more requests only make a storm worse.
  private static final int MOST_TRIES = 3;

  private static final long SHORTEST_WAIT_MILLIS = 500;
  private static final int JITTER_MILLIS = 1_000;
  private static final int MOST_PACERS = 10_000;

  /// After a 429: probes, which have ten seconds mostly, can wait for a shorter one.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RequestSender.class);

  private final Http http;
  private final ExporterMetrics metrics;
  private final TimeSource time;
  private final String remedy;
  private final Duration longestPause;
  private final @Nullable OfInstance instance;
  private final ConcurrentHashMap<PacerKey, RequestPacer> pacers = new ConcurrentHashMap<>();
  private final Map<Limited, RateLimitHeaders> limits = new ConcurrentHashMap<>();
  private final Map<String, ConcurrencyLimit> concurrency = new ConcurrentHashMap<>();

  /// Makes one HTTP call.
  public interface Http {
    HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline) throws HttpFailure;

    /// Sends a form, to the server of an OAuth 2.0 token only: Sentry is only read.
    default HttpAnswer post(HttpGet request, String form, Deadline deadline) throws HttpFailure {
      throw new UnsupportedOperationException();
    }

    /// Hides what requests with these settings show to proxies.
    default SecretRedactor proxyRedactor(@Nullable ClientSettings client) {
      return SecretRedactor.NONE;
    }
  }

  /// What an instance of Sentry has in addition: its clock, a limit of concurrent requests for each
  /// of its servers, and a second try of what a gateway fails.
  private record OfInstance(
      ServerClock clock, Supplier<ConcurrencyLimit> concurrency, RandomGenerator random) {}

  /// An endpoint of a server.
  private record Limited(String server, Endpoint endpoint) {}

  private RequestSender(
      Http http,
      ExporterMetrics metrics,
      TimeSource time,
      String remedy,
      Duration longestPause,
      @Nullable OfInstance instance) {
    this.http = http;
    this.metrics = metrics;
    this.time = time;
    this.remedy = remedy;
    this.longestPause = longestPause;
    this.instance = instance;
  }

  /// For `prober: http`, where each module has a server and a token of its own.
  public static RequestSender ofProbes(Http http, ExporterMetrics metrics, TimeSource time) {
    return new RequestSender(
        http,
        metrics,
        time,
        "prober: sentry reads all projects of an organization with a few requests; or scrape"
            + " less often, set refresh_interval, or raise rate_limit.share of the module",
        Lifetime.RATE_LIMITED.duration(),
        null);
  }

  /// For an instance of Sentry.
  ///
  /// A longer pause after a 429 is not waited for, however far off the deadline of a fetch is:
  /// waiting callers have to learn of it.
  ///
  /// @param clock reads the time of the answers
  /// @param concurrency makes the limit of each server
  /// @param random spreads retries
  public static RequestSender ofInstance(
      Http http,
      ExporterMetrics metrics,
      TimeSource time,
      ServerClock clock,
      Supplier<ConcurrencyLimit> concurrency,
      RandomGenerator random) {
    return new RequestSender(
        http,
        metrics,
        time,
        "raise refresh_interval of collectors, or rate_limit.share of the instance",
        LONGEST_PAUSE,
        new OfInstance(clock, concurrency, random));
  }

  /// The answer, with any HTTP status.
  ///
  /// A 429 that specifies a wait is followed by two more tries at most, whose turns are the
  /// pacer's; with an instance, a 5xx by one, after the wait that it specifies, else after about a
  /// second.
  ///
  /// @throws SentryException if none came before the deadline
  public Answer send(Call call, Deadline deadline) throws SentryException, InterruptedException {
    Answer answer = paced(call, deadline);
    boolean isAfterError = false;
    int tries = 1;
    while (true) {
      if (isTooMany(call, answer)) {
        Duration wait = headers(answer.http()).askedWait();
        if (tries == MOST_TRIES || wait == null || wait.compareTo(deadline.remaining()) >= 0) {
          return answer;
        }
        tries++;
      } else if (answer.http().status() >= 500 && instance != null && !isAfterError) {
        Duration wait = waitAfterError(headers(answer.http()), instance.random());
        if (wait.compareTo(deadline.remaining()) >= 0) {
          return answer;
        }
        time.sleep(wait, deadline);
        isAfterError = true;
        tries = 1;
      } else {
        return answer;
      }
      try {
        answer = paced(call.again(), deadline).after(answer);
      } catch (SentryException e) {
        if (e.isWithoutTurn()) {
          return answer; // the turn would come too late
        }
        throw e;
      }
    }
  }

  /// The answer of a token's server, with any HTTP status, to a form. It is neither paced nor
  /// repeated: no limit of Sentry's counts it.
  ///
  /// @throws SentryException if there is no answer
  public HttpAnswer post(HttpGet request, String form, Deadline deadline) throws SentryException {
    try {
      return http.post(request, form, deadline);
    } catch (HttpFailure failure) {
      throw translated(failure);
    }
  }

  /// Hides what requests with these settings show to proxies, wherever an answer brings it back.
  public SecretRedactor proxyRedactor(@Nullable ClientSettings client) {
    return http.proxyRedactor(client);
  }

  /// The last limits that each endpoint has advertised; of several servers those of the one that
  /// leaves the fewest requests.
  public Map<Endpoint, RateLimitHeaders> limits() {
    var least = new HashMap<Endpoint, RateLimitHeaders>();
    limits.forEach((limited, told) ->
        least.merge(
            limited.endpoint(),
            told,
            BinaryOperator.minBy(Comparator.comparingLong(RequestSender::remaining))));
    return least;
  }

  private static long remaining(RateLimitHeaders told) {
    return told.remaining() == null ? Long.MAX_VALUE : told.remaining();
  }

  /// The rates that are needed and given, by server and endpoint: of all callers together.
  public List<MetricFamily> rates() {
    Map<List<String>, Double> needed = new LinkedHashMap<>();
    Map<List<String>, Double> given = new LinkedHashMap<>();
    pacers.forEach((key, pacer) -> {
      var labels = List.of(key.server(), key.endpoint().name());
      needed.merge(labels, pacer.needed(), Double::sum);
      pacer.given().ifPresent(rate -> given.merge(labels, rate, Double::sum));
    });
    return List.of(
        family(SentryMetrics.RATE_NEEDED, needed), family(SentryMetrics.RATE_GIVEN, given));
  }

  private static MetricFamily family(Metric metric, Map<List<String>, Double> rates) {
    return new MetricFamily(
        metric,
        rates.entrySet().stream().map(rate -> new Sample(rate.getValue(), rate.getKey())).toList());
  }

  private RateLimitHeaders headers(HttpAnswer answer) {
    return RateLimitHeaders.read(answer.headers(), time.instant());
  }

  private static boolean isTooMany(Call call, Answer answer) {
    return answer.http().status() == 429 && !call.wanted().contains(429);
  }

  private static Duration waitAfterError(RateLimitHeaders headers, RandomGenerator random) {
    Duration told = headers.retryAfter();
    return told != null
        ? told
        : Duration.ofMillis(SHORTEST_WAIT_MILLIS + random.nextInt(JITTER_MILLIS));
  }

  /// One request, in its turn.
  private Answer paced(Call call, Deadline deadline) throws SentryException, InterruptedException {
    var key = PacerKey.of(call);
    RequestPacer pacer = pacer(key);
    Duration waited = turn(call, deadline, key, pacer);
    metrics.sentry().throttled(call.endpoint().name(), waited);
    RequestPacer.Outcome outcome = RequestPacer.Outcome.UNANSWERED;
    ConcurrencyLimit places =
        instance == null
            ? null
            : concurrency.computeIfAbsent(key.server(), _ -> instance.concurrency().get());
    try {
      if (places != null) {
        long started = time.nanoTime();
        places.enter(call.endpoint(), deadline);
        metrics.sentry().throttled(call.endpoint().name(), since(started));
        waited = waited.plus(since(started));
      }
      HttpAnswer answer;
      try {
        answer = called(call, deadline);
      } finally {
        if (places != null) {
          places.leave(call.endpoint());
        }
      }
      var headers = headers(answer);
      outcome = new RequestPacer.Outcome(answer.status(), headers);
      metrics
          .lastHour()
          .requested(time.nanoTime(), answer.status(), headers.limit(), headers.remaining());
      if (instance != null && places != null) {
        instance.clock().heard(answer.headers());
        learn(places, new Limited(key.server(), call.endpoint()), headers);
      }
      return new Answer(answer, 1, waited);
    } finally {
      pacer.leave(outcome);
    }
  }

  private void learn(ConcurrencyLimit places, Limited limited, RateLimitHeaders headers) {
    Long concurrent = headers.concurrentLimit();
    if (headers.limit() != null || concurrent != null) { // a gateway before Sentry sends none
      limits.put(limited, headers);
    }
    if (concurrent != null) {
      places.advertised(limited.endpoint(), concurrent);
    }
  }

  private HttpAnswer called(Call call, Deadline deadline) throws SentryException {
    if (call.isRetry()) {
      metrics.apiRetry(call.endpoint().name());
    }
    long started = time.nanoTime();
    try {
      HttpAnswer answer = http.get(call.request(), call.wanted()::contains, deadline);
      ended(call, Integer.toString(answer.status()), started);
      return answer;
    } catch (HttpFailure failure) {
      SentryException exception = translated(failure);
      metrics.lastHour().requested(time.nanoTime(), 0, null, null);
      ended(call, exception.reason().label(), started);
      throw exception;
    }
  }

  private void ended(Call call, String code, long started) {
    Duration duration = since(started);
    metrics.apiRequest(call.endpoint().name(), code, duration);
    log.atDebug()
        .addKeyValue("endpoint", call.endpoint().name())
        .addKeyValue("path", () -> path(call.request().uri()))
        .addKeyValue("code", code)
        .addKeyValue("seconds", duration.toNanos() / 1e9)
        .log("request to sentry ended");
  }

  private Duration since(long started) {
    return Duration.ofNanos(time.nanoTime() - started);
  }

  /// With the query, without user and host.
  private static String path(URI uri) {
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + '?' + uri.getRawQuery();
  }

  private static SentryException translated(HttpFailure failure) {
    Reason reason =
        switch (failure) {
          case HttpFailure.UnknownHost _ -> Reason.DNS;
          case HttpFailure.ConnectFailed _ -> Reason.CONNECT;
          case HttpFailure.BrokenOff _ -> Reason.CONNECTION_CLOSED;
          case HttpFailure.NotHttp _ -> Reason.PROTOCOL;
          case HttpFailure.TlsFailed _ -> Reason.TLS;
          case HttpFailure.TimedOut _ -> Reason.TIMEOUT;
          case HttpFailure.Cancelled _ -> Reason.CANCELLED;
          case HttpFailure.TooLarge _ -> Reason.TOO_LARGE;
          case HttpFailure.RedirectRefused _ -> Reason.REDIRECT;
        };
    return new SentryException(
        reason, String.valueOf(failure.getMessage()), failure.status(), failure.contentLength());
  }

  private Duration turn(Call call, Deadline deadline, PacerKey key, RequestPacer pacer)
      throws SentryException, InterruptedException {
    try {
      Duration waited = pacer.enter(call, deadline, time::sleep);
      if (pacer.endsRefusals()) {
        logRates(log.atInfo(), key, pacer).log("every request to sentry gets its turn again");
      }
      return waited;
    } catch (SentryException e) {
      if (e.isWithoutTurn()) {
        metrics.sentry().turnRefused(call.endpoint().name());
        if (pacer.isFirstRefusal()) {
          warn(key, pacer);
        }
      }
      throw e;
    }
  }

  private void warn(PacerKey key, RequestPacer pacer) {
    var warning = logRates(log.atWarn(), key, pacer);
    if (pacer.isPaused()) {
      warning.log("sentry has requested to wait for longer than probes have time");
    } else {
      warning
          .addKeyValue("remedy", remedy)
          .log("more requests are needed than sentry's rate limit leaves turns for");
    }
  }

  private static LoggingEventBuilder logRates(
      LoggingEventBuilder event, PacerKey key, RequestPacer pacer) {
    var rates =
        event
            .addKeyValue("server", key.server())
            .addKeyValue("endpoint", key.endpoint().name())
            .addKeyValue("needed_per_second", rounded(pacer.needed()));
    var given = pacer.given();
    return given.isEmpty()
        ? rates
        : rates.addKeyValue("given_per_second", rounded(given.getAsDouble()));
  }

  private static double rounded(double rate) {
    return Math.round(rate * 100) / 100.0;
  }

  private RequestPacer pacer(PacerKey key) {
    if (pacers.size() > MOST_PACERS) {
      pacers.clear(); // configurations and endpoints are few: only a bug or years lead here
    }
    return pacers.computeIfAbsent(key, _ -> new RequestPacer(time::nanoTime, longestPause));
  }

  /// The identity of requests that Sentry counts together, as far as a request shows it.
  private record PacerKey(String server, Endpoint endpoint, Object caller) {
    static PacerKey of(Call call) {
      HttpGet request = call.request();
      return new PacerKey(
          request.uri().getRawAuthority(), call.endpoint(), caller(request.headers()));
    }

    /// The values of the headers that identify the caller; all headers if none of them is known to.
    private static Object caller(List<Header> headers) {
      List<Secret> known = headers.stream().filter(Header::saysWhoAsks).map(Header::value).toList();
      return known.isEmpty() ? headers : known;
    }
  }

  /// Limits the concurrent requests: of all endpoints, and one less of each, so that an endpoint
  /// that hangs does not block the others.
  public static final class ConcurrencyLimit {
    private final int most;
    private final double share;
    private final Map<Endpoint, Integer> inFlight = new HashMap<>();
    private final Map<Endpoint, Long> advertised = new HashMap<>();
    private int total;

    /// @param share of what Sentry advertises, if that is less than `most`
    public ConcurrencyLimit(int most, double share) {
      this.most = most;
      this.share = share;
    }

    /// Waits for a place; a caller that gets one must [#leave].
    synchronized void enter(Endpoint endpoint, Deadline deadline)
        throws SentryException, InterruptedException {
      if (!deadline.await(this, () -> !isFull(endpoint))) {
        throw deadline.state() == Deadline.State.CANCELLED
            ? new SentryException(Reason.CANCELLED, waiting())
            : new SentryException(Reason.TIMEOUT, waiting());
      }
      total++;
      inFlight.merge(endpoint, 1, Integer::sum);
    }

    synchronized void leave(Endpoint endpoint) {
      total--;
      inFlight.computeIfPresent(endpoint, (_, count) -> count == 1 ? null : count - 1);
      notifyAll();
    }

    /// Sentry accepts this many concurrent requests of the endpoint.
    synchronized void advertised(Endpoint endpoint, long limit) {
      advertised.put(endpoint, limit);
      notifyAll();
    }

    private boolean isFull(Endpoint endpoint) {
      long allowed = most;
      for (long limit : advertised.values()) {
        allowed = Math.min(allowed, Math.max(1, (long) (limit * share)));
      }
      return total >= allowed || inFlight.getOrDefault(endpoint, 0) >= Math.max(1, allowed - 1);
    }

    private static String waiting() {
      return "waited for other requests to Sentry to end; max_concurrent of the instance limits"
          + " them";
    }
  }

  /// Sentry's answer to a [Call], with any HTTP status.
  ///
  /// @param requests number of HTTP requests sent for it
  /// @param waited time spent waiting for a turn, as Sentry's limits require
  public record Answer(HttpAnswer http, int requests, Duration waited) {
    Answer after(Answer refused) {
      return new Answer(http, refused.requests + requests, refused.waited.plus(waited));
    }
  }

  /// A call to Sentry's API.
  ///
  /// @param wanted statuses of answers that come with a useful body
  /// @param rateShare share of the rate that Sentry advertises, above 0 and at most 1
  /// @param isRetry whether this is a retry, after an answer that was none
  public record Call(
      Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare, boolean isRetry) {
    public Call {
      if (!(rateShare > 0 && rateShare <= 1)) {
        throw new IllegalArgumentException("rateShare: " + rateShare);
      }
    }

    /// A call that is made for the first time.
    public Call(Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare) {
      this(endpoint, request, wanted, rateShare, false);
    }

    Call again() {
      return new Call(endpoint, request, wanted, rateShare, true);
    }

    /// HTTP statuses that count as success.
    ///
    /// @param codes empty for every 2xx that comes with what was requested
    public record Statuses(Set<Integer> codes) {
      /// Something is there, but not all of it: no status by which a count could be trusted, even
      /// if it is named.
      public static final int PARTIAL_CONTENT = 206;

      /// 202: not done yet; 205: nothing to show. A body with them is not what was requested.
      private static final Set<Integer> WITHOUT_DATA = Set.of(202, 205);

      public Statuses {
        codes = Set.copyOf(codes);
      }

      public boolean contains(int status) {
        if (status == PARTIAL_CONTENT) {
          return false;
        }
        return codes.isEmpty()
            ? status >= 200 && status < 300 && !WITHOUT_DATA.contains(status)
            : codes.contains(status);
      }
    }
  }
}
