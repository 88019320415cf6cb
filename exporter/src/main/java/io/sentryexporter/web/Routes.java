package io.sentryexporter.web;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.page.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Maps every path of the exporter to its handler; 404 for all others.
public final class Routes {
  /// Paths that the telemetry path cannot be, because they are in use.
  public static final Set<String> OWN_PATHS =
      Set.of("/", "/probe", "/sd", "/config", "/logs", "/-/healthy", "/-/ready", "/-/reload");

  private static final List<String> READ = List.of("GET", "HEAD");

  /// The answer of pages that are switched off.
  static final String NO_DEBUG_PAGES =
      "Debug pages are not enabled. Start without --no-web.enable-debug-pages.\n";

  private static final ResponseHeader SIMULATED =
      new ResponseHeader("X-Sentry-Exporter-Demo", "the data is simulated");

  private final WebSettings settings;
  private final Dependencies dependencies;
  private final Map<String, Route> routes = new LinkedHashMap<>();

  /// Null until the first request for targets.
  private @Nullable DiscoveryHandler discovery;

  /// What a path serves.
  ///
  /// @param isForPeople whether a browser shows it, so that pages of other sites may want it
  private record Route(boolean isForPeople, List<String> methods, RouteHandler handler) {
    static Route forPrograms(List<String> methods, RouteHandler handler) {
      return new Route(false, methods, handler);
    }

    static Route forPeople(List<String> methods, RouteHandler handler) {
      return new Route(true, methods, handler);
    }
  }

  /// Answers requests that came in at an address.
  private interface RouteHandler {
    Response handle(Request request, ListenAddress address) throws InterruptedException;
  }

  /// The objects that the routes serve from; each handler receives those that it uses.
  ///
  /// @param active the configuration that is active now, and its state
  /// @param reload reloads the configuration and returns its errors, one per line; none if it is
  ///   active
  /// @param scheme of the listeners, `http` or `https`
  /// @param version of the exporter
  public record Dependencies(
      Supplier<ActiveConfig> active,
      Supplier<List<String>> reload,
      Probes probes,
      ProbeHistory history,
      ExporterMetrics metrics,
      TimeSource time,
      String scheme,
      String version) {}

  public Routes(WebSettings settings, Dependencies dependencies) {
    this.settings = settings;
    this.dependencies = dependencies;
    ProbeHandler probe = probe();
    routes.put(settings.telemetryPath(), Route.forPrograms(READ, (request, _) -> metrics(request)));
    routes.put("/", Route.forPeople(READ, (request, _) -> landing(request)));
    routes.put("/probe", Route.forPrograms(List.of("GET", "HEAD", "POST"), probe::handle));
    routes.put("/sd", Route.forPrograms(READ, (request, _) -> discovery(request)));
    routes.put("/config", Route.forPeople(READ, (request, _) -> config(request)));
    routes.put("/logs", Route.forPeople(READ, (request, _) -> logs(request)));
    routes.put("/-/healthy", Route.forPrograms(READ, (_, _) -> Response.text(200, "Healthy\n")));
    routes.put("/-/ready", Route.forPrograms(READ, (_, _) -> ready()));
    routes.put("/-/reload", Route.forPeople(List.of("POST"), this::reload));
    if (routes.size() != OWN_PATHS.size() + 1 || !routes.keySet().containsAll(OWN_PATHS)) {
      throw new IllegalArgumentException("two pages on one path, or a page not declared");
    }
  }

  private Response landing(Request request) {
    return new LandingHandler(settings, dependencies).handle(request);
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

  /// The routes as a listener on this address serves them.
  public Handler at(ListenAddress address) {
    return request -> {
      Response response = route(request, address);
      return settings.demo() ? response.with(SIMULATED) : response;
    };
  }

  private Response route(Request request, ListenAddress address) throws InterruptedException {
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
    return route.isForPeople()
        ? Page.guarded(toPeople(route, request, address))
        : route.handler().handle(request, address);
  }

  private Response toPeople(Route route, Request request, ListenAddress address)
      throws InterruptedException {
    String refusal = new BrowserCheck(address, settings.externalOrigin()).refusal(request);
    return refusal == null
        ? route.handler().handle(request, address)
        : Response.text(403, refusal + "\n");
  }

  private static Response redirect(String location) {
    return Response.text(302, "").with(new ResponseHeader("Location", location));
  }

  private Response metrics(Request request) {
    return MetricsResponse.response(request, dependencies.metrics()::write);
  }

  private synchronized DiscoveryHandler discovery() {
    if (discovery == null) {
      discovery = new DiscoveryHandler(settings, dependencies);
    }
    return discovery;
  }

  private Response discovery(Request request) throws InterruptedException {
    return discovery().handle(request);
  }

  private Response config(Request request) {
    if (!settings.parts().contains(WebSettings.Part.DEBUG_PAGES)) {
      return Response.text(403, NO_DEBUG_PAGES);
    }
    return Compression.apply(
        request, Response.text(200, dependencies.active().get().config().toYaml()));
  }

  /// Serves `/logs?id=`, or `/logs?target=[&module=]` for the newest probe of a target, as in
  /// blackbox_exporter.
  private Response logs(Request request) {
    if (!settings.parts().contains(WebSettings.Part.DEBUG_PAGES)) {
      return Response.text(403, NO_DEBUG_PAGES);
    }
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

  private Response reload(Request request, ListenAddress address) {
    if (!settings.parts().contains(WebSettings.Part.LIFECYCLE)) {
      return Response.text(
          403,
          "Lifecycle API is not enabled. Start without --no-web.enable-lifecycle, or send"
              + " SIGHUP.\n");
    }
    if (new BrowserCheck(address, settings.externalOrigin()).isFromAnotherSite(request)) {
      return Response.text(
          403,
          "a page of another site may not reload the configuration; if it is this exporter's,"
              + " behind a proxy, set --web.external-url to the URL that browsers use\n");
    }
    List<String> errors = dependencies.reload().get();
    return errors.isEmpty()
        ? Response.text(200, "")
        : Response.text(500, "failed to reload config: " + String.join("\n", errors) + "\n");
  }
}
