package io.sentryexporter.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.http.Origin;
import io.sentryexporter.http.Wire;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.probe.FailureLog;
import io.sentryexporter.probe.HttpProber;
import io.sentryexporter.probe.PageMemory;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.probe.SentryProber;
import io.sentryexporter.sentry.AnswerCache;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.marks.MarksStorage;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.RequestLine;
import io.sentryexporter.server.Response;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.text.Printable;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.QueryParameters;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.regex.Pattern;

/// The exporter from the request line of `/probe` to the bytes of its requests, without sockets:
/// what it sends is checked, and answered by a server that names things after the probe's target.
public final class ProbedServers implements AutoCloseable {
  private static final String SENTRY = "sentry";
  static final String TOKEN = "crafted-targets-token";

  /// Where each module may go: everything that it sends begins so.
  private static final Map<String, String> ALLOWED = allowed();

  private static final String CONFIG =
      """
      instances:
        default: {url: "https://sentry.example:8443/below", auth_token: %1$s}
      modules:
        sentry: {prober: sentry, collectors: {outcomes: {}, client_keys: {}}}
      """
          .formatted(TOKEN);

  private static final Pattern LINE = Pattern.compile("GET (/[!-\"$-\\[\\]-~]*) HTTP/1\\.1");
  private static final Pattern QUERY_OF_HTTP =
      Pattern.compile(
          "field=sum\\(quantity\\)&statsPeriod=1h&interval=1h&category=error&outcome=accepted"
              + "&outcome=filtered&outcome=rate_limited");
  private static final Pattern QUERY_OF_SENTRY = Pattern.compile("[A-Za-z0-9._~%=&-]*");
  private static final Pattern HOST = Pattern.compile("(?<=\r\nHost: )[^\r]*(?=\r\n)");
  private static final Pattern HEADERS =
      Pattern.compile(
          "(?:(?:Host|User-Agent|Authorization|Accept|Accept-Encoding): [ -~]+\r\n){4,5}");

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, work -> Thread.ofPlatform().daemon().unstarted(work));
  private final TimeSource time = TimeSource.system(timer);
  private final ExporterMetrics metrics = TestMetrics.create();
  private final SentryClient client;
  private final Handler handler;
  private final List<HttpGet> sent = new ArrayList<>();
  private String target = "";

  public ProbedServers() {
    timer.setRemoveOnCancelPolicy(true);
    Config config = Objects.requireNonNull(Config.parse(configuration(), "crafted.yml").config());
    Instance instance = Objects.requireNonNull(config.instances().get("default"));
    RequestSender.Http http = (request, _, _) -> answer(request);
    client =
        new SentryClient(
            instance,
            new SentryClient.Dependencies(
                http,
                metrics,
                time,
                new Random(0),
                () -> Runnable::run,
                Memory.ofHeap(1 << 28),
                new InstanceMarks(MarksStorage.none(), metrics.sentry(), time::nanoTime),
                Duration.ZERO));
    var active = new ActiveConfig(config, Map.of("default", client), List.of(), null);
    var failures = new FailureLog(time::nanoTime);
    var history = new ProbeHistory(10);
    var probes =
        new Probes(
            new HttpProber(
                RequestSender.ofProbes(http, metrics, time),
                new AnswerCache(metrics, Memory.ofHeap(1 << 28), time, Runnable::run),
                time,
                failures),
            new SentryProber(
                ProbedServers::refuse,
                PageMemory.ofHeap(1 << 28, metrics),
                CreatedSeries.LEFT_OUT,
                metrics,
                failures,
                time),
            history,
            metrics,
            time);
    var web =
        new WebSettings(
            "",
            "",
            "",
            "/metrics",
            EnumSet.noneOf(WebSettings.Part.class),
            512,
            Duration.ofMillis(500),
            CreatedSeries.LEFT_OUT,
            false);
    handler =
        new Routes(
                web,
                new Routes.Dependencies(
                    () -> active, List::of, probes, history, metrics, time, "http", "fuzz"))
            .at(new ListenAddress("localhost", 0));
  }

  /// The modules that a probe may name.
  public static List<String> modules() {
    return List.copyOf(ALLOWED.keySet());
  }

  /// What became of a probe.
  ///
  /// @param status 0 where the listener refuses the request
  /// @param requests sent, all of them to where the module leads
  public record Outcome(int status, int requests) {}

  /// Sends a probe, a character for each byte of its request target.
  ///
  /// @throws AssertionError if a request goes elsewhere
  public Outcome probe(String requestTarget) throws InterruptedException {
    Request request = RequestLine.get(requestTarget);
    if (request == null) {
      return new Outcome(0, 0);
    }
    sent.clear();
    target = decoded(requestTarget);
    Response response = handler.handle(request);
    response.onEnd().run();
    String module = module(request);
    for (HttpGet get : sent) {
      check(module, get, requestTarget);
    }
    if (response.status() != 200 && !sent.isEmpty()) {
      throw new AssertionError(response.status() + " after requests: " + requestTarget);
    }
    return new Outcome(response.status(), sent.size());
  }

  private static Map<String, String> allowed() {
    var allowed = new LinkedHashMap<String, String>();
    allowed.put(SENTRY, "https://sentry.example:8443/below/api/0/");
    allowed.put("projects", "https://sentry.example:8443/below/api/0/projects/");
    allowed.put("bare", "https://sentry.example:8443/api/0/projects");
    allowed.put("organizations", "https://sentry.example/api/0/organizations/");
    allowed.put("one", "http://sentry.example:9000/api/0/projects/acme");
    allowed.put("word", "http://under_score/x");
    allowed.put("root", "https://[::1]:9000/");
    return allowed;
  }

  private static String configuration() {
    var yaml = new StringBuilder(CONFIG);
    ALLOWED.forEach((module, prefix) -> {
      if (!module.equals(SENTRY)) {
        yaml.append(
            "  %s: {prober: http, http: {prefix: \"%s\", headers: {Authorization: Bearer %s}}}\n"
                .formatted(module, prefix, TOKEN));
      }
    });
    return yaml.toString();
  }

  private static String module(Request request) {
    String named = QueryParameters.parse(request.query()).first("module");
    return named == null || named.isEmpty() ? SENTRY : named;
  }

  /// As far as it can be decoded.
  private static String decoded(String requestTarget) {
    try {
      return URLDecoder.decode(requestTarget.replaceFirst(".*?target=", ""), UTF_8);
    } catch (IllegalArgumentException _) {
      return requestTarget;
    }
  }

  /// Checks what goes on the wire, and where.
  static void check(String module, HttpGet get, String probe) {
    String allowed = ALLOWED.get(module);
    if (allowed == null) {
      throw new AssertionError("a request without a module: " + probe);
    }
    URI base = URI.create(allowed);
    String where = "probe " + probe + " leads to " + get.uri();
    if (!Origin.of(get.uri()).equals(Origin.of(base))) {
      throw new AssertionError("another server: " + where);
    }
    String head = Wire.head(get);
    int lineEnd = head.indexOf("\r\n");
    var line = LINE.matcher(head.substring(0, lineEnd));
    if (!line.matches() || head.indexOf("\r\n\r\n") != head.length() - 4) {
      throw new AssertionError("not one request: " + where + ": " + head);
    }
    if (!HEADERS.matcher(head.substring(lineEnd + 2, head.length() - 2)).matches()) {
      throw new AssertionError("other headers: " + where + ": " + head);
    }
    var host = HOST.matcher(head);
    if (!host.find() || !allowed.contains("://" + host.group() + "/") || host.find()) {
      throw new AssertionError("another host: " + where + ": " + head);
    }
    if (!head.contains("\r\nAuthorization: Bearer " + TOKEN + "\r\n")) {
      throw new AssertionError("without its token: " + where);
    }
    checkPath(module, line.group(1), base.getRawPath(), where);
  }

  private static void checkPath(String module, String requested, String prefix, String where) {
    int mark = requested.indexOf('?');
    String path = mark < 0 ? requested : requested.substring(0, mark);
    String query = mark < 0 ? null : requested.substring(mark + 1);
    if (!path.startsWith(prefix)) {
      throw new AssertionError("outside of the prefix: " + where);
    }
    for (String segment : path.split("/", -1)) {
      String once = URLDecoder.decode(segment.replace("+", "%2B"), UTF_8);
      String twice = once.replaceAll("(?i)%2e", ".").replaceAll("(?i)%2f", "/");
      if (twice.equals(".")
          || twice.startsWith("..")
          || twice.contains("/..")
          || (twice.contains("\\") && !module.equals(SENTRY))) { // a slug may have it, escaped
        throw new AssertionError("a segment that leads elsewhere: " + where);
      }
    }
    boolean isOfHttp = !module.equals(SENTRY);
    if (isOfHttp && !path.endsWith("/stats/") && !path.endsWith("/stats_v2/")) {
      throw new AssertionError("not of statistics: " + where);
    }
    Pattern queries = isOfHttp ? QUERY_OF_HTTP : QUERY_OF_SENTRY;
    if (query != null && !queries.matcher(query).matches()) {
      throw new AssertionError("another query: " + where);
    }
  }

  private HttpAnswer answer(HttpGet request) {
    sent.add(request);
    String path = request.uri().getRawPath();
    String named = "\"slug\": " + quoted(target);
    String body;
    int status = 200;
    if (path.endsWith("/stats/") && path.contains("/organizations/") && path.hashCode() % 2 == 0) {
      status = 410;
      body = "{\"detail\": \"gone\"}";
    } else if (path.endsWith("/stats/")) {
      body = "[[0, 5]]";
    } else if (path.endsWith("/stats_v2/") && !path.contains("/below/")) {
      body = "{\"groups\": [{\"series\": {\"sum(quantity)\": [1, 2]}}]}";
    } else if (path.endsWith("/api/0/organizations/")) {
      body = "[{\"id\": \"2\", " + named + "}]";
    } else if (path.endsWith("/projects/")) {
      body = "[{\"id\": \"1\", \"slug\": \"web\"}, {\"id\": \"3\", " + named + "}]";
    } else if (path.endsWith("/project-keys/")) {
      body = "[]";
    } else if (path.endsWith("/stats_v2/")) {
      status = 404;
      body = "{\"detail\": \"none\"}";
    } else {
      body = "{\"id\": \"1\", " + named + "}";
    }
    byte[] bytes = body.getBytes(UTF_8);
    var type = Headers.of(List.of(Map.entry("Content-Type", "application/json")));
    return new HttpAnswer(status, type, bytes, bytes.length);
  }

  /// The thread of the probe does all.
  private static void refuse(Runnable work) {
    throw new RejectedExecutionException();
  }

  private static String quoted(String text) {
    return Printable.quoted(text);
  }

  @Override
  public void close() {
    client.close();
    time.close();
  }
}
