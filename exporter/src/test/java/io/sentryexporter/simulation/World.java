package io.sentryexporter.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.FailedCalls;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpFailure;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import io.sentryexporter.simulator.api.Api;
import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.ReceivedRequest.Field;
import io.sentryexporter.simulator.message.Request;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The Sentry of a story, with its faults, and the truth that counters are judged by.
///
/// What it answers follows from the story, the request and the time alone, except for the limit of
/// requests, which counts those of the running second. All times are true ones, not those of a
/// clock that is wrong.
final class World {
  static final URI URL = URI.create("http://sentry.test");
  static final String TOKEN = ServerOptions.TOKEN;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final Story story;
  private final Events events;

  /// What Sentry answers in each combination of projects.
  private final Map<Map<Integer, String>, Api> apis = new HashMap<>();

  /// Requests of the running second, by endpoint.
  private final Map<String, Integer> requests = new HashMap<>();

  private long second;
  private Instant now;

  World(Story story) {
    this.story = story;
    this.events = new Events(story);
    this.now = story.start();
  }

  /// What comes of a request.
  sealed interface Reply {
    /// Time that it takes; of [Hung] none, for it takes all there is.
    Duration latency();

    record Answered(HttpAnswer answer, Duration latency) implements Reply {}

    record Failed(HttpFailure failure, Duration latency) implements Reply {}

    /// Nothing comes: the call lasts until its deadline, and ends as it does.
    record Hung() implements Reply {
      @Override
      public Duration latency() {
        return Duration.ZERO;
      }
    }
  }

  /// The slug of a project at the start.
  static String slug(int project) {
    return "p" + project;
  }

  Events events() {
    return events;
  }

  /// Sentry's reply to a request that is sent now.
  Reply answer(int exporter, HttpGet request, Instant trueTime) {
    now = trueTime;
    events.at(trueTime);
    var target = target(request.uri());
    long noise =
        Events.mix(
            story.seed()
                + target.hashCode() * 31L
                + exporter
                + Events.mix(trueTime.toEpochMilli()));
    var latency =
        Duration.ofMillis(20 + Math.floorMod(noise, 180) + slowness(Kind.SLOW, target, noise));
    if (has(Kind.HANG, target, noise)) {
      return new Reply.Hung();
    }
    if (has(Kind.CLOSED, target, noise)) {
      return new Reply.Failed(FailedCalls.brokenOff(), latency);
    }
    return new Reply.Answered(answered(request, target, noise), latency);
  }

  private HttpAnswer answered(HttpGet request, String target, long noise) {
    Fault gateway = first(Kind.SERVER_ERROR, target, noise);
    if (gateway != null) {
      return answer((int) gateway.number(), "text/html", "<h1>Bad gateway</h1>", Map.of());
    }
    if (has(Kind.PROXY_404, target, noise)) {
      return answer(404, "text/html", "<h1>Not found</h1>", Map.of());
    }
    Fault pause = first(Kind.TOO_MANY, target, noise);
    if (pause != null) {
      long seconds = pause.number();
      Map<String, String> headers =
          seconds % 2 == 0
              ? Map.of("Retry-After", "" + seconds)
              : limits(0, sentryClock(now).getEpochSecond() + seconds);
      return answer(429, "text/html", "{\"detail\":\"too many\"}", headers);
    }
    if (has(Kind.TOO_MANY_BARE, target, noise)) {
      return answer(429, "text/html", "{\"detail\":\"too many\"}", Map.of());
    }
    long reset = sentryClock(now).getEpochSecond() + 1;
    int used = used(endpoint(target));
    var limits = limits(Math.max(0, story.limit() - used), reset);
    if (used > story.limit()) {
      return answer(429, "text/html", "{\"detail\":\"too many\"}", limits);
    }
    if (has(Kind.FORGETS_404, target, noise)) {
      return answer(
          404,
          "application/json",
          "{\"detail\":\"The requested resource does not exist\"}",
          limits);
    }
    HttpAnswer right = right(request, target, limits);
    if (right.status() == 200 && has(Kind.GARBAGE, target, noise)) {
      var body = new String(right.body(), UTF_8);
      return answer(200, "application/json", body.substring(0, body.length() / 2), limits);
    }
    return right;
  }

  private HttpAnswer right(HttpGet request, String target, Map<String, String> limits) {
    Map<Integer, String> slugs = new TreeMap<>(slugs(now));
    if (endpoint(target).equals("projects")) {
      slugs.keySet().removeAll(targets(Kind.SHORT_LIST));
    }
    // The simulated Sentry keeps its answers for a second of its clock, which may come again.
    String unique = target + (target.contains("?") ? "&" : "?") + "at=" + now.getEpochSecond();
    HttpAnswer answer = api(slugs, request, unique, limits);
    if (answer.status() == 302) { // as the client does, which follows one within the origin
      var location = answer.headers().first("Location").orElseThrow();
      return api(slugs, request, location, limits);
    }
    if (target.contains("/stats_v2/") && target.contains("project")) {
      for (int project : targets(Kind.MISSING)) {
        answer = without(id(project), answer);
      }
    }
    return answer;
  }

  private Set<Integer> targets(Kind kind) {
    var targets = new HashSet<Integer>();
    story.at(now, kind).forEach(fault -> targets.add(fault.target()));
    return targets;
  }

  private static HttpAnswer without(long project, HttpAnswer answer) {
    var group =
        Pattern.compile(
            "\\{\"by\":\\{\"project\":"
                + project
                + "\\b[^}]*\\},\"totals\":\\{[^}]*\\}(,\"series\":\\{[^}]*\\})?\\},?");
    var body = group.matcher(new String(answer.body(), UTF_8)).replaceAll("").replace(",]", "]");
    return new HttpAnswer(
        answer.status(), answer.headers(), body.getBytes(UTF_8), answer.contentLength());
  }

  private HttpAnswer api(
      Map<Integer, String> slugs, HttpGet request, String target, Map<String, String> limits) {
    var fields = new ArrayList<Field>();
    for (var header : request.headers()) {
      fields.add(new Field(header.name(), header.value().reveal()));
    }
    var asked = new Request("GET", target, fields, true);
    Api api = apis.computeIfAbsent(Map.copyOf(slugs), this::api);
    Answer answer = api.answer(asked, api.route(asked.path()), null);
    var lines = new String(answer.head(""), ISO_8859_1).split("\r\n", -1);
    var headers = new HashMap<>(limits);
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    int status = Integer.parseInt(lines[0].split(" ", -1)[1]);
    return answer(status, headers, answer.body(answer.bodyBytes()));
  }

  /// Sentry as it is while projects have these slugs.
  private Api api(Map<Integer, String> slugs) {
    List<String> all = IntStream.range(0, events.projects()).mapToObj(World::slug).toList();
    var world =
        SimulatedWorld.empty(story.seed())
            .withOrganization(Story.ORGANIZATION, all)
            .withHistory(Story.ORGANIZATION, events.streams(), events);
    for (int project = story.projects(); project < events.projects(); project++) {
      world = world.withCreated(Story.ORGANIZATION, slug(project), events.created(project));
    }
    var renamed = new HashMap<String, String>();
    var gone = new HashSet<String>();
    for (int project = 0; project < all.size(); project++) {
      String slug = slugs.get(project);
      if (slug == null) {
        gone.add(slug(project));
      } else if (!slug.equals(slug(project))) {
        renamed.put(slug(project), slug);
      }
    }
    world = world.without(Story.ORGANIZATION, gone).withRenamed(Story.ORGANIZATION, renamed);
    var options = ServerOptions.onLoopback(() -> sentryClock(now));
    return new Api(world, options, new RequestLog(), new Faults(), URL);
  }

  /// The id that Sentry gives a project.
  static long id(int project) {
    return 200_000L + project + 1;
  }

  /// The slugs that projects have at a time; without those that are not there.
  Map<Integer, String> slugs(Instant at) {
    var slugs = new HashMap<Integer, String>();
    for (int project = 0; project < events.projects(); project++) {
      if (!events.created(project).isAfter(at)) {
        slugs.put(project, slug(project));
      }
    }
    int renames = 0;
    for (Fault fault : story.faults()) {
      int project = fault.target();
      if (story.from(fault).isAfter(at)) {
        break;
      }
      switch (fault.kind()) {
        case RENAME -> {
          renames++;
          String slug = "r" + renames;
          slugs.computeIfPresent(project, (_, _) -> slug);
        }
        case SWAP -> {
          String one = slugs.get(0);
          String other = slugs.get(project);
          if (one != null && other != null) {
            slugs.put(0, other);
            slugs.put(project, one);
          }
        }
        case DELETE -> slugs.remove(project);
        default -> {}
      }
    }
    return slugs;
  }

  private int used(String endpoint) {
    if (second != sentryClock(now).getEpochSecond()) {
      second = sentryClock(now).getEpochSecond();
      requests.clear();
    }
    return requests.merge(endpoint, 1, Integer::sum);
  }

  /// The name of the endpoint of a target, as far as limits are concerned: the same for all
  /// projects.
  static String endpoint(String target) {
    var path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
    var parts = path.split("/", -1);
    // "", api, 0, organizations, acme, stats_v2, ""
    if (parts.length > 6) {
      return parts[3].equals("organizations")
          ? parts[5]
          : parts[3] + (parts.length > 7 ? parts[6] : "");
    }
    return parts.length > 5 ? "organization" : "organizations";
  }

  static String target(URI uri) {
    return uri.getRawQuery() == null
        ? uri.getRawPath()
        : uri.getRawPath() + "?" + uri.getRawQuery();
  }

  /// Whether a fault of the wire hits a request. Its target is which of them: 0 for all, 1 for
  /// every other, 2 for statistics only.
  private boolean has(Kind kind, String target, long noise) {
    return first(kind, target, noise) != null;
  }

  private @Nullable Fault first(Kind kind, String target, long noise) {
    return story
        .at(now, kind)
        .filter(fault ->
            switch (fault.target() % 3) {
              case 0 -> true;
              case 1 -> Math.floorMod(noise >> 17, 2) == 0;
              default -> endpoint(target).equals("stats_v2") || endpoint(target).equals("sessions");
            })
        .findFirst()
        .orElse(null);
  }

  private long slowness(Kind kind, String target, long noise) {
    Fault fault = first(kind, target, noise);
    return fault == null ? 0 : fault.number();
  }

  private Map<String, String> limits(long remaining, long reset) {
    return Map.of(
        "X-Sentry-Rate-Limit-Limit", "" + story.limit(),
        "X-Sentry-Rate-Limit-Remaining", "" + remaining,
        "X-Sentry-Rate-Limit-Reset", "" + reset);
  }

  private HttpAnswer answer(int status, String contentType, String body, Map<String, String> more) {
    var headers = new HashMap<>(more);
    headers.put("Content-Type", contentType);
    return answer(status, headers, body.getBytes(UTF_8));
  }

  private HttpAnswer answer(int status, Map<String, String> headers, byte[] body) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    new TreeMap<>(headers).forEach((name, value) -> fields.add(Map.entry(name, value)));
    fields.add(Map.entry("Date", DATE.format(sentryClock(now))));
    return new HttpAnswer(status, Headers.of(fields), body, body.length);
  }

  /// What the clock of Sentry shows.
  Instant sentryClock(Instant at) {
    return sentryClock(story, at);
  }

  static Instant sentryClock(Story story, Instant at) {
    return at.plusSeconds(story.at(at, Kind.SENTRY_CLOCK).mapToLong(Fault::number).sum());
  }

  /// What the wall clock of an exporter shows.
  Instant exporterClock(int exporter, Instant at) {
    return at.plusSeconds(
        story
            .at(at, Kind.EXPORTER_CLOCK)
            .filter(fault -> fault.target() == exporter)
            .mapToLong(Fault::number)
            .sum());
  }
}
