package io.sentryexporter.web;

import io.sentryexporter.discovery.Discovery;
import io.sentryexporter.discovery.Discovery.Found;
import io.sentryexporter.discovery.Discovery.Kind;
import io.sentryexporter.discovery.Discovery.Query;
import io.sentryexporter.discovery.Discovery.UnavailableException;
import io.sentryexporter.discovery.TargetGroups;
import io.sentryexporter.discovery.TargetGroups.Interval;
import io.sentryexporter.discovery.TargetGroups.Scrape;
import io.sentryexporter.probe.ProbeRequest.ProbeTimeout;
import io.sentryexporter.sentry.SlugPattern;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.wire.HttpSyntax;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Serves `/sd`: all targets, as Prometheus' HTTP service discovery reads them.
///
/// A list that cannot be had is an error, never an empty list: Prometheus keeps the targets it has.
final class DiscoveryHandler {
  private static final Set<String> PARAMETERS =
      new TreeSet<>(
          Set.of(
              "kind",
              "module",
              "organization",
              "project",
              "team",
              "platform",
              "format",
              "interval"));

  /// Some megabytes each, while they are made.
  private static final int MOST_AT_ONCE = 4;

  /// Each is compared with every project.
  private static final int MOST_VALUES = 50;

  private static final List<String> OF_PROJECTS = List.of("project", "team", "platform");

  /// Prometheus waits as long as its refresh interval, which is a minute unless configured.
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final WebSettings settings;
  private final Routes.Dependencies dependencies;
  private int underWay;

  DiscoveryHandler(WebSettings settings, Routes.Dependencies dependencies) {
    this.settings = settings;
    this.dependencies = dependencies;
  }

  Response handle(Request request) throws InterruptedException {
    try {
      Response response = answer(request);
      dependencies.metrics().discoveryEnded(true);
      return response;
    } catch (BadParameter e) {
      return Response.text(400, e.getMessage() + "\n");
    } catch (UnavailableException e) {
      dependencies.metrics().discoveryEnded(false);
      return Response.text(e.isRequestAtFault() ? 400 : 503, e.getMessage() + "\n");
    }
  }

  private Response answer(Request request)
      throws BadParameter, UnavailableException, InterruptedException {
    var parameters = QueryParameters.parse(request.query());
    Query query = query(parameters);
    boolean isReady = "ready".equals(oneOf(parameters, "format", List.of("ready", "targets")));
    var interval =
        "true".equals(oneOf(parameters, "interval", List.of("false", "true")))
            ? Interval.RECOMMENDED
            : Interval.LEFT_OUT;
    Scrape scrape = isReady ? scrape(request) : null;
    try (var deadline = dependencies.time().deadline(timeout(request));
        var _ = request.hangUp().onCancel(deadline::cancel)) {
      if (!enter(deadline)) {
        return Response.text(503, "too many lists of targets at once; request fewer\n");
      }
      try {
        Found found = Discovery.find(dependencies.active().get(), query, deadline);
        return Compression.apply(
                request,
                "application/json; charset=utf-8",
                out -> {
                  if (scrape == null) {
                    TargetGroups.targets(found, out);
                  } else {
                    TargetGroups.ready(found, scrape, interval, out);
                  }
                })
            .with(new ResponseHeader("Age", Long.toString(found.age().toSeconds())));
      } finally {
        leave();
      }
    }
  }

  private synchronized boolean enter(Deadline deadline) throws InterruptedException {
    if (!deadline.await(this, () -> underWay < MOST_AT_ONCE)) {
      return false;
    }
    underWay++;
    return true;
  }

  private synchronized void leave() {
    underWay--;
    notifyAll();
  }

  /// Where Prometheus reaches this exporter: the external URL, or as it did for this request.
  private Scrape scrape(Request request) throws BadParameter {
    Scrape scrape = scrape(request, settings, dependencies.scheme());
    if (scrape == null) {
      throw new BadParameter("no usable Host header; set --web.external-url");
    }
    return scrape;
  }

  /// The same; null where the request shows no address.
  static @Nullable Scrape scrape(Request request, WebSettings settings, String scheme) {
    String path = settings.externalPath() + "/probe";
    String origin = settings.externalOrigin();
    if (!origin.isEmpty()) {
      int end = origin.indexOf("://");
      return new Scrape(origin.substring(0, end), origin.substring(end + "://".length()), path);
    }
    String host = request.headers().list("Host").orElse("");
    return host.isEmpty() || !HttpSyntax.isHost(host) ? null : new Scrape(scheme, host, path);
  }

  private Duration timeout(Request request) throws BadParameter {
    String header = request.headers().first("X-Prometheus-Refresh-Interval-Seconds").orElse(null);
    Duration interval = ProbeTimeout.scrapeTimeout(header);
    if (interval == null) {
      throw new BadParameter("X-Prometheus-Refresh-Interval-Seconds is not a number of seconds");
    }
    return ProbeTimeout.of(LONGEST, interval, settings.timeoutOffset());
  }

  private static Query query(QueryParameters parameters) throws BadParameter {
    if (!parameters.isWhole()) {
      throw new BadParameter("a parameter cannot be read; write %25 for % and %3B for ;");
    }
    for (String name : parameters.names()) {
      if (!PARAMETERS.contains(name)) {
        throw new BadParameter(
            "unknown parameter " + Quoted.of(name) + "; known: " + String.join(", ", PARAMETERS));
      }
    }
    var kind =
        "project".equals(oneOf(parameters, "kind", List.of("organization", "project")))
            ? Kind.PROJECT
            : Kind.ORGANIZATION;
    for (String name : OF_PROJECTS) {
      if (kind == Kind.ORGANIZATION && !parameters.all(name).isEmpty()) {
        throw new BadParameter(name + " selects projects; add kind=project");
      }
    }
    return new Query(
        kind,
        values(parameters, "module"),
        patterns(parameters, "organization"),
        patterns(parameters, "project"),
        patterns(parameters, "team"),
        patterns(parameters, "platform"));
  }

  private static Set<String> values(QueryParameters parameters, String name) throws BadParameter {
    var values = new HashSet<>(parameters.all(name));
    if (values.contains("")) {
      throw new BadParameter(name + " is empty; write a value, or leave it out");
    }
    if (values.size() > MOST_VALUES) {
      throw new BadParameter(
          name + " has more than " + MOST_VALUES + " values; write patterns with *");
    }
    return values;
  }

  private static Set<SlugPattern> patterns(QueryParameters parameters, String name)
      throws BadParameter {
    var patterns = new HashSet<SlugPattern>();
    for (String text : values(parameters, name)) {
      SlugPattern pattern = SlugPattern.of(text);
      if (pattern == null) {
        throw new BadParameter(
            name + " has more than 100 characters, which no name has; write a shorter one");
      }
      patterns.add(pattern);
    }
    return patterns;
  }

  /// The value of a parameter; the first of `words` if it is absent.
  private static String oneOf(QueryParameters parameters, String name, List<String> words)
      throws BadParameter {
    List<String> all = parameters.all(name);
    if (all.isEmpty()) {
      return words.getFirst();
    }
    if (all.size() > 1 || !words.contains(all.getFirst())) {
      throw new BadParameter(name + " must be " + String.join(" or ", words) + ", once");
    }
    return all.getFirst();
  }

  /// A parameter or header that cannot be used; the message has the fix.
  private static final class BadParameter extends Exception {
    private static final long serialVersionUID = 1L;

    BadParameter(String message) {
      super(message);
    }
  }
}
