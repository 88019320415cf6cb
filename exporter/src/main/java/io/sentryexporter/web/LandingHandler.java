package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.discovery.TargetGroups.Scrape;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.ProbeHistory.TargetState;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.probe.ProbeResult;
import io.sentryexporter.sentry.Deprecations;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.text.Printable;
import io.sentryexporter.web.page.LandingPage;
import io.sentryexporter.web.page.LandingView;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Serves `/[?probes=failed]`: what fails, the last hour, the state of each Sentry instance, the
/// latest probes or the failed ones of them, and how to probe and to scrape.
final class LandingHandler {
  /// Maximum number of lines in a banner; the log and `check-config` have all.
  private static final int MOST_DETAILS = 10;

  /// Maximum number of probes shown; `/logs` has the others.
  private static final int MOST_PROBES = 200;

  /// Maximum number of causes of failures shown.
  private static final int MOST_FAILURES = 20;

  /// Maximum number of targets named of those that fail for one cause.
  private static final int MOST_NAMES = 5;

  private final WebSettings settings;
  private final Routes.Dependencies dependencies;
  private final ProbeHistory history;

  LandingHandler(WebSettings settings, Routes.Dependencies dependencies) {
    this.settings = settings;
    this.dependencies = dependencies;
    this.history = dependencies.history();
  }

  Response handle(Request request) {
    ActiveConfig active = dependencies.active().get();
    Config current = active.config();
    Instant now = dependencies.time().instant();
    List<ProbeRecord> kept = history.newestFirst();
    var modules = current.modules().values().stream().map(each -> module(each, kept, current));
    String parameter = QueryParameters.parse(request.query()).first("probes");
    var view =
        new LandingView(
            "sentry_exporter",
            dependencies.version(),
            settings.externalPath(),
            now,
            banners(active),
            health(history.states(now), current, kept),
            dependencies.metrics().lastHour().minutes(dependencies.time().nanoTime()),
            instances(active),
            modules.toList(),
            defaultModule(current),
            probes(kept, "failed".equals(parameter)),
            scraping(request, current),
            endpoints(),
            settings.parts().contains(WebSettings.Part.DEBUG_PAGES));
    return Compression.apply(request, LandingPage.render(view).response());
  }

  private static LandingView.Probes probes(List<ProbeRecord> kept, boolean onlyFailed) {
    var failed = kept.stream().filter(probe -> !probe.succeeded()).toList();
    var shown = (onlyFailed ? failed : kept).stream().limit(MOST_PROBES).toList();
    return new LandingView.Probes(shown, onlyFailed, kept.size(), failed.size());
  }

  /// What targets have in common that fail for one cause.
  private record Cause(String module, ProbeResult.Failure failure) {}

  /// The state of the targets of modules that are still configured.
  private static LandingView.Health health(
      List<TargetState> all, Config current, List<ProbeRecord> kept) {
    var states = all.stream().filter(one -> current.modules().containsKey(one.module())).toList();
    Map<Cause, List<TargetState>> byCause = new LinkedHashMap<>();
    for (TargetState state : states) {
      var failure = state.cause();
      if (failure != null) {
        byCause
            .computeIfAbsent(new Cause(state.module(), failure), _ -> new ArrayList<>())
            .add(state);
      }
    }
    Set<Long> traces = kept.stream().map(ProbeRecord::id).collect(Collectors.toSet());
    var failures =
        byCause.entrySet().stream()
            .map(entry -> failing(entry.getKey(), entry.getValue(), traces))
            .sorted(
                Comparator.comparingInt(LandingView.Failing::targets)
                    .reversed()
                    .thenComparing(LandingView.Failing::since))
            .limit(MOST_FAILURES)
            .toList();
    return new LandingView.Health(
        states.size(),
        all.size() >= ProbeHistory.MOST_TARGETS,
        byCause.values().stream().mapToInt(List::size).sum(),
        failures,
        states.stream().map(TargetState::probed).max(Comparator.naturalOrder()).orElse(null));
  }

  private static LandingView.Failing failing(
      Cause cause, List<TargetState> targets, Set<Long> traces) {
    return new LandingView.Failing(
        cause.module(),
        targets.stream().map(TargetState::target).sorted().limit(MOST_NAMES).toList(),
        targets.size(),
        cause.failure().reason(),
        cause.failure().error(),
        targets.stream()
            .map(TargetState::failingSince)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(targets.getFirst().probed()),
        targets.stream()
            .map(TargetState::probed)
            .max(Comparator.naturalOrder())
            .orElse(targets.getFirst().probed()),
        targets.stream().map(TargetState::id).filter(traces::contains).findFirst().orElse(null));
  }

  /// A configuration for Prometheus with the address at which this request reached the exporter.
  private LandingView.Scraping scraping(Request request, Config current) {
    var reached = DiscoveryHandler.scrape(request, settings, dependencies.scheme());
    var scrape =
        reached == null
            ? new Scrape(
                dependencies.scheme(), "localhost:9412", settings.externalPath() + "/probe")
            : reached;
    String root = scrape.scheme() + "://" + scrape.address() + settings.externalPath();
    String module = defaultModule(current);
    boolean isSentry =
        current.modules().values().stream().anyMatch(each -> each instanceof SentryModule);
    String scheme = scrape.scheme().equals("https") ? "    scheme: https\n" : "";
    String address = Printable.quoted(scrape.address());
    String path = settings.externalPath() + settings.telemetryPath();
    String sentry =
        isSentry
            ? discovered(root)
            : named(scheme, scrape.path(), Printable.quoted(module), address);
    String probe = root + "/probe?target=my-organization" + (isSentry ? "" : "/my-project");
    return new LandingView.Scraping(
        "scrape_configs:\n"
            + sentry
            + "  - job_name: sentry_exporter  # the exporter itself\n"
            + scheme
            + (path.equals("/metrics") ? "" : "    metrics_path: " + path + "\n")
            + "    static_configs:\n"
            + "      - targets: ["
            + address
            + "]\n",
        module.equals(Config.DEFAULT_MODULE) ? probe : probe + "&module=" + encoded(module));
  }

  /// A job for all organizations.
  private static String discovered(String root) {
    return """
      - job_name: sentry           # every organization, with all of its projects
        scrape_timeout: 30s        # for the first scrape; later ones are answered from kept data
        http_sd_configs:
          - url: %s/sd
    """
        .formatted(root);
  }

  /// A job for modules of `prober: http`, whose targets nothing lists.
  private static String named(String scheme, String path, String module, String address) {
    return """
      - job_name: sentry
    %s    metrics_path: %s
        params: {module: [%s]}
        static_configs:
          - targets: [my-organization/my-project]
        relabel_configs:
          - {source_labels: [__address__], target_label: __param_target}
          - {source_labels: [__param_target], target_label: instance}
          - {target_label: __address__, replacement: %s}
    """
        .formatted(scheme, path, module, address);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  private List<LandingView.Endpoint> endpoints() {
    var endpoints = new ArrayList<LandingView.Endpoint>();
    endpoints.add(new LandingView.Endpoint(settings.telemetryPath(), "the exporter's own metrics"));
    endpoints.add(new LandingView.Endpoint("/sd", "targets, for Prometheus' HTTP discovery"));
    if (settings.parts().contains(WebSettings.Part.DEBUG_PAGES)) {
      endpoints.add(
          new LandingView.Endpoint("/config", "the current configuration, without its secrets"));
    }
    endpoints.add(new LandingView.Endpoint("/-/healthy", "liveness of the process"));
    endpoints.add(new LandingView.Endpoint("/-/ready", "readiness to serve probes"));
    return endpoints;
  }

  private List<LandingView.Banner> banners(ActiveConfig now) {
    var banners = new ArrayList<LandingView.Banner>();
    String notReady = now.notReady();
    if (notReady != null && !now.config().isNothing()) {
      banners.add(
          new LandingView.Banner(
              LandingView.Banner.Kind.ERROR, "Not ready: " + notReady, List.of()));
    }
    List<String> failed = now.reloadErrors();
    if (!failed.isEmpty()) {
      banners.add(
          new LandingView.Banner(
              LandingView.Banner.Kind.ERROR,
              "The last reload failed; the previous configuration is in use",
              firstOf(failed)));
    }
    if (settings.demo()) {
      banners.add(
          new LandingView.Banner(
              LandingView.Banner.Kind.NOTE,
              "The data is simulated: this is the demo, without a real Sentry",
              List.of()));
    }
    List<String> warnings = now.config().warningLines();
    if (!warnings.isEmpty()) {
      banners.add(
          new LandingView.Banner(
              LandingView.Banner.Kind.WARNING,
              "The configuration has warnings",
              firstOf(warnings)));
    }
    return banners;
  }

  private static List<String> firstOf(List<String> lines) {
    if (lines.size() <= MOST_DETAILS) {
      return lines;
    }
    var first = new ArrayList<>(lines.subList(0, MOST_DETAILS));
    first.add("and " + (lines.size() - MOST_DETAILS) + " more");
    return first;
  }

  /// In the order of the configuration.
  private static List<LandingView.Instance> instances(ActiveConfig now) {
    return now.config().instances().keySet().stream()
        .map(name -> instance(name, Objects.requireNonNull(now.sentries().get(name))))
        .toList();
  }

  private static LandingView.Instance instance(String name, SentryClient sentry) {
    return new LandingView.Instance(
        name,
        sentry.instance().url().toString(),
        sentry.outage(),
        sentry.organizations(),
        sentry.deprecations().stream().map(LandingHandler::note).toList());
  }

  private static String note(Deprecations.Deprecation one) {
    return "%s ends on %s%s"
        .formatted(
            one.endpoint().name(),
            one.date().atZone(ZoneOffset.UTC).toLocalDate(),
            one.replacement().isEmpty() ? "" : ", instead: " + one.replacement());
  }

  private static LandingView.Module module(Module module, List<ProbeRecord> kept, Config current) {
    return switch (module) {
      case SentryModule sentry ->
          new LandingView.Module(
              sentry.name(),
              sentry.prober(),
              current.requestsOf(sentry),
              sentry.timeout().isZero() ? null : sentry.timeout(),
              sampleTarget(kept, sentry.name()));
      case HttpModule http ->
          new LandingView.Module(
              http.name(),
              http.prober(),
              http.prefix(),
              http.timeout().isZero() ? null : http.timeout(),
              sampleTarget(kept, http.name()));
      case Module.UnknownProber unknown ->
          new LandingView.Module(unknown.name(), unknown.prober(), "", null, null);
    };
  }

  /// The target to suggest: the latest for which a probe of the module returned data.
  private static @Nullable String sampleTarget(List<ProbeRecord> kept, String module) {
    return kept.stream()
        .filter(probe -> probe.module().equals(module))
        .min(Comparator.comparing(probe -> !probe.succeeded())) // the first of the best
        .map(ProbeRecord::target)
        .orElse(null);
  }

  private static String defaultModule(Config current) {
    var names = current.modules().keySet();
    return names.contains(Config.DEFAULT_MODULE)
        ? Config.DEFAULT_MODULE
        : names.stream().findFirst().orElse("");
  }
}
