package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.api.RateLimits.Standing;
import io.sentryexporter.simulator.endpoint.Call;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.Request;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.options.Feature;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.SimulatedOrganization;
import io.sentryexporter.simulator.world.SimulatedProject;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Answers requests as Sentry would: route, limits, token, organization, project, data.
public final class Api {
  private static final int CACHED_ANSWERS = 10_000;
  private static final String ANONYMOUS = "";

  private record Question(String target, String authorization, boolean gzip) {}

  private record Cached(long second, Answer answer) {}

  private final SimulatedWorld world;
  private final ServerOptions options;
  private final Map<String, Token> tokens;
  private final List<Route> routes;
  private final RateLimits limits = new RateLimits();

  /// The second of the last request.
  private final AtomicLong second = new AtomicLong();

  /// Answers of that second: nothing in the world moves faster.
  private final ConcurrentMap<Question, Cached> cache = new ConcurrentHashMap<>();

  public Api(SimulatedWorld world, ServerOptions options, RequestLog log, Faults faults, URI url) {
    this.world = world;
    this.options = options;
    this.tokens =
        options.tokens().stream().collect(Collectors.toUnmodifiableMap(Token::value, t -> t));
    this.routes = Routes.all(world, options, log, faults, url);
  }

  /// The declared endpoint of a path, null if there is none.
  public @Nullable Route route(String path) {
    if (!path.startsWith(options.pathPrefix())) {
      return null;
    }
    var inside = path.substring(options.pathPrefix().length());
    if (inside.isEmpty() || inside.charAt(0) != '/') {
      return null;
    }
    var segments = Request.segments(inside);
    for (var route : routes) {
      if (route.matches(segments) && inside.endsWith("/") == route.template().endsWith("/")) {
        return route;
      }
    }
    return null;
  }

  /// Counts the start of a request; null if its path is not of Sentry's API and so has no limits.
  public @Nullable Standing enter(Request request, @Nullable Route route) {
    return route == null || route.access() == Access.OUTSIDE_API
        ? null
        : limits.enter(authorization(request), route, request.method(), now());
  }

  /// Counts the end of a request, when its answer has been sent.
  public void leave(@Nullable Standing standing) {
    if (standing != null) {
      limits.leave(standing);
    }
  }

  /// The headers with the limits of a caller, each line ended by CR LF; empty if there are none.
  public String limitLines(@Nullable Standing standing) {
    return standing == null || lacks(Feature.RATE_LIMIT_HEADERS) ? "" : standing.headerLines();
  }

  /// Sentry's answer, ready to be framed.
  public Answer answer(Request request, @Nullable Route route, @Nullable Standing standing) {
    if (route == null) {
      return unknown(request.path());
    }
    if (standing != null && !lacks(Feature.ENFORCED_LIMITS)) {
      if (standing.isOverConcurrency()) {
        return RateLimits.tooConcurrent(standing.limit(), standing.reset());
      }
      if (standing.isOverWindow()) {
        return RateLimits.tooFrequent(standing.limit(), standing.reset());
      }
    }
    var limitLines = limitLines(standing);
    try {
      requireReading(request.method());
      return cached(request, route).withLines(limitLines);
    } catch (Refused refused) {
      return refused.advertisesLimits() ? refused.answer().withLines(limitLines) : refused.answer();
    }
  }

  /// The right answer, from the cache if it is of this second and does not change within it.
  private Answer cached(Request request, Route route) throws Refused {
    var now = now();
    if (second.getAndSet(now) != now) {
      cache.clear(); // answers about large organizations are large
    }
    var question = new Question(request.target(), authorization(request), request.acceptsGzip());
    var known = cache.get(question);
    if (known != null && known.second() == now) {
      return known.answer();
    }
    var answer = route.handler().answer(call(request, route, now));
    var encoded = question.gzip() ? answer.compressedIfLong() : answer;
    if (route.access() != Access.OUTSIDE_API) {
      if (cache.size() >= CACHED_ANSWERS) {
        cache.clear();
      }
      cache.put(question, new Cached(now, encoded));
    }
    return encoded;
  }

  private static void requireReading(String method) throws Refused {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      var detail = Json.detail("Method \"" + method + "\" not allowed.");
      throw Refused.with(
          Answer.of(405, "application/json", detail).with("Allow", "GET, HEAD, OPTIONS"));
    }
  }

  private Call call(Request request, Route route, long now) throws Refused {
    var token = token(request, route.access());
    var path = request.path();
    var segments = Request.segments(path.substring(options.pathPrefix().length()));
    var organization = organization(route, segments, token);
    var project = organization == null ? null : project(request, route, segments, organization);
    if (token != null) {
      route.access().check(token, !lacks(Feature.SCOPE_CHALLENGE));
    }
    return new Call(
        path,
        request.rawQuery(),
        Query.parse(request.rawQuery()),
        token,
        organization,
        project,
        now,
        Knowledge.at(now, options.delivery()));
  }

  private @Nullable Token token(Request request, Access access) throws Refused {
    if (access == Access.OUTSIDE_API) {
      return null;
    }
    var words = authorization(request).split(" ", -1);
    if (!words[0].equalsIgnoreCase("Bearer")) {
      if (access.needsToken()) {
        throw new Refused(SentryError.NO_CREDENTIALS);
      }
      return null;
    }
    if (words.length != 2) {
      throw new Refused(
          words.length < 2 ? SentryError.HEADER_WITHOUT_TOKEN : SentryError.HEADER_MALFORMED);
    }
    var token = tokens.get(words[1]);
    if (token == null) {
      throw new Refused(
          words[1].startsWith("sntrys_")
              ? SentryError.INVALID_ORG_TOKEN
              : SentryError.INVALID_TOKEN);
    }
    return token;
  }

  private @Nullable SimulatedOrganization organization(
      Route route, List<String> segments, @Nullable Token token) throws Refused {
    var index = route.indexOf(Route.ORGANIZATION);
    if (index < 0) {
      return null;
    }
    var name = segments.get(index);
    var organization = world.organization(name);
    if (organization == null
        || (lacks(Feature.IDS_IN_PATHS) && !organization.slug().equals(name))) {
      throw new Refused(
          lacks(Feature.GATEWAY) ? SentryError.NO_RESOURCE : SentryError.GATEWAY_NOT_FOUND);
    }
    if (token != null && !token.sees(organization.slug())) {
      throw new Refused(SentryError.WRONG_ORGANIZATION);
    }
    return organization;
  }

  private @Nullable SimulatedProject project(
      Request request, Route route, List<String> segments, SimulatedOrganization organization)
      throws Refused {
    var index = route.indexOf(Route.PROJECT);
    if (index < 0) {
      return null;
    }
    var slug = segments.get(index);
    var project =
        lacks(Feature.IDS_IN_PATHS) ? organization.projectOfSlug(slug) : organization.project(slug);
    if (project != null) {
      return project;
    }
    var present = organization.renamed().get(slug);
    throw present == null
        ? new Refused(SentryError.NO_RESOURCE)
        : Refused.with(moved(request.target(), present));
  }

  /// Sentry's answer for a project under its former slug.
  private static Answer moved(String target, String slug) {
    var organization = target.indexOf("/projects/") + "/projects/".length();
    var project = target.indexOf('/', organization) + 1;
    var url = target.substring(0, project) + slug + target.substring(target.indexOf('/', project));
    var body =
        "{\"slug\":%s,\"detail\":{\"extra\":{\"url\":%s,\"slug\":%s}}}"
            .formatted(Json.quote(slug), Json.quote(url), Json.quote(slug));
    return Answer.of(302, "application/json", body).with("Location", url);
  }

  private static Answer unknown(String path) {
    if (path.endsWith("/")) {
      return SentryError.UNKNOWN_ROUTE.answer();
    }
    var suggestion = "try: " + path + "/";
    return Answer.of(
        404,
        "text/plain",
        "Route not found, did you forget a trailing slash?\n\n"
            + suggestion
            + "\n"
            + " ".repeat(suggestion.length() - 1)
            + "^\n");
  }

  private static String authorization(Request request) {
    var authorization = request.header("Authorization");
    return authorization == null ? ANONYMOUS : authorization;
  }

  private boolean lacks(Feature feature) {
    return !options.installation().has(feature);
  }

  private long now() {
    return options.clock().instant().getEpochSecond();
  }
}
