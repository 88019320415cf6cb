package io.sentryexporter.web;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.time.TimeSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Maps every path of the exporter to its handler; 404 for all others.
public final class Routes implements Handler {
  /// Paths that the telemetry path cannot be, because they are in use.
  public static final Set<String> OWN_PATHS =
      Set.of("/", "/probe", "/config", "/logs", "/-/healthy", "/-/ready", "/-/reload");

  private static final List<String> READ = List.of("GET", "HEAD");
  private static final ResponseHeader SIMULATED =
      new ResponseHeader("X-Sentry-Exporter-Demo", "the data is simulated");

  private final WebSettings settings;
  private final Dependencies dependencies;
  private final Map<String, Route> routes = new LinkedHashMap<>();

  /// The methods of a path and their handlers.
  private record Route(List<String> methods, Handler handler) {}

  /// The objects that the routes serve from; each handler receives those that it uses.
  ///
  /// @param active the configuration that is active now, and its state
  /// @param reload reloads the configuration and returns its errors, one per line; none if it is
  ///   active
  /// @param version of the exporter
  public record Dependencies(
      Supplier<ActiveConfig> active,
      Supplier<List<String>> reload,
      Probes probes,
      ProbeHistory history,
      ExporterMetrics metrics,
      TimeSource time,
      String version) {}

  public Routes(WebSettings settings, Dependencies dependencies) {
    this.settings = settings;
    this.dependencies = dependencies;
    routes.put(settings.telemetryPath(), new Route(READ, this::metrics));
    routes.put("/", new Route(READ, this::landing));
    routes.put("/probe", new Route(List.of("GET", "HEAD", "POST"), probe()));
    routes.put("/config", new Route(READ, this::config));
    routes.put("/logs", new Route(READ, this::logs));
    routes.put("/-/healthy", new Route(READ, _ -> Response.text(200, "Healthy\n")));
    routes.put("/-/ready", new Route(READ, _ -> ready()));
    routes.put("/-/reload", new Route(List.of("POST"), this::reload));
    if (routes.size() != OWN_PATHS.size() + 1 || !routes.keySet().containsAll(OWN_PATHS)) {
      throw new IllegalArgumentException("two pages on one path, or a page not declared");
    }
  }

  private Response landing(Request request) {
    return new LandingHandler(
            settings, dependencies.active(), dependencies.history(), dependencies.version())
        .handle(request);
  }

  private ProbeHandler probe() {
    List<MetricFamily> onEveryPage =
        settings.demo() ? List.of(MetricFamily.of(ExporterMetrics.DEMO, 1)) : List.of();
    return new ProbeHandler(
        settings,
        dependencies.active(),
        dependencies.probes(),
        dependencies.metrics(),
        dependencies.time(),
        onEveryPage);
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Response response = route(request);
    return settings.demo() ? response.with(SIMULATED) : response;
  }

  private Response route(Request request) throws InterruptedException {
    String path = request.path();
    String prefix = settings.routePrefix();
    if (!prefix.isEmpty() && path.equals("/")) {
      return redirect(prefix + "/"); // requests of a proxy are below the prefix
    }
    if (!prefix.isEmpty() && path.equals(prefix)) {
      return redirect(settings.externalPath() + "/");
    }
    Route route = path.startsWith(prefix) ? routes.get(path.substring(prefix.length())) : null;
    if (route == null) {
      return Response.text(404, "404 page not found\n");
    }
    if (!route.methods().contains(request.method())) {
      String text =
          route.methods().contains("GET")
              ? "method not allowed; use " + String.join(" or ", route.methods()) + "\n"
              : "This endpoint requires a POST request.\n";
      return Response.text(405, text)
          .with(new ResponseHeader("Allow", String.join(", ", route.methods())));
    }
    return route.handler().handle(request);
  }

  private static Response redirect(String location) {
    return Response.text(302, "").with(new ResponseHeader("Location", location));
  }

  private Response metrics(Request request) {
    return MetricsResponse.response(request, dependencies.metrics()::write);
  }

  private Response config(Request request) {
    return Compression.apply(
        request, Response.text(200, dependencies.active().get().config().toYaml()));
  }

  /// Serves `/logs?id=`, or `/logs?target=[&module=]` for the newest probe of a target, as in
  /// blackbox_exporter.
  private Response logs(Request request) {
    var parameters = QueryParameters.parse(request.query());
    String id = parameters.first("id");
    String target = parameters.first("target");
    String module = parameters.first("module");
    if ((id == null) == (target == null) || (id != null && module != null)) {
      return Response.text(400, "give either id or target, and module only with target\n");
    }
    ProbeRecord probe =
        target != null ? dependencies.history().byTarget(target, module) : byId(String.valueOf(id));
    if (probe == null) {
      return Response.text(404, "no such probe is kept; --history.limit sets how many are\n");
    }
    return Compression.apply(request, Response.text(200, probe.trace().text()));
  }

  private @Nullable ProbeRecord byId(String id) {
    try {
      return dependencies.history().byId(Long.parseLong(id));
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private Response ready() {
    String reason = dependencies.active().get().notReady();
    return reason == null
        ? Response.text(200, "Ready\n")
        : Response.text(503, "not ready: " + reason + "\n");
  }

  private Response reload(Request request) {
    if (isFromAnotherSite(request)) {
      return Response.text(403, "a page of another site may not reload the configuration\n");
    }
    List<String> errors = dependencies.reload().get();
    return errors.isEmpty()
        ? Response.text(200, "")
        : Response.text(500, "failed to reload config: " + String.join("\n", errors) + "\n");
  }

  /// Whether a browser sent the request from another site. Browsers send the origin of a request;
  /// curl and Kubernetes' reloaders do not.
  private static boolean isFromAnotherSite(Request request) {
    String site = request.headers().first("Sec-Fetch-Site").orElse(null);
    String origin = request.headers().first("Origin").orElse(null);
    String host = request.headers().first("Host").orElse(null);
    boolean otherSite = site != null && !site.equals("same-origin") && !site.equals("none");
    boolean otherOrigin = origin != null && host != null && !origin.endsWith("://" + host);
    return otherSite || otherOrigin;
  }
}
