package io.sentryexporter.web;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.probe.ProbeHistory;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.sentry.Deprecations;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.web.page.LandingPage;
import io.sentryexporter.web.page.LandingView;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Serves `/`: the configuration, the state of each Sentry instance, a form to probe by hand, and
/// the latest probes.
final class LandingHandler {
  /// Maximum number of lines in a banner; the log and `check-config` have all.
  private static final int MOST_DETAILS = 10;

  private final WebSettings settings;
  private final Supplier<ActiveConfig> active;
  private final ProbeHistory history;
  private final String version;

  LandingHandler(
      WebSettings settings, Supplier<ActiveConfig> active, ProbeHistory history, String version) {
    this.settings = settings;
    this.active = active;
    this.history = history;
    this.version = version;
  }

  Response handle(Request request) {
    ActiveConfig now = active.get();
    Config current = now.config();
    var modules = List.copyOf(current.modules().values());
    var view =
        new LandingView(
            "sentry_exporter",
            version,
            settings.externalPath(),
            banners(now),
            instances(now),
            modules.stream().map(module -> module(module, current)).toList(),
            defaultModule(modules),
            history.newestFirst(),
            endpoints(),
            settings.parts().contains(WebSettings.Part.DEBUG_PAGES));
    return Compression.apply(request, LandingPage.render(view).response());
  }

  private List<LandingView.Endpoint> endpoints() {
    var endpoints = new ArrayList<LandingView.Endpoint>();
    endpoints.add(new LandingView.Endpoint(settings.telemetryPath(), "the exporter's own metrics"));
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
    if (now.config().isNothing()) {
      banners.add(
          new LandingView.Banner(
              LandingView.Banner.Kind.ERROR,
              "Nothing is configured yet. One of these is enough to begin:",
              Config.WAYS_TO_BEGIN));
    } else if (notReady != null) {
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

  private LandingView.Module module(Module module, Config current) {
    return switch (module) {
      case SentryModule sentry ->
          new LandingView.Module(
              sentry.name(),
              sentry.prober(),
              current.asks(sentry),
              sentry.timeout().isZero() ? null : sentry.timeout(),
              sampleTarget(sentry.name()));
      case HttpModule http ->
          new LandingView.Module(
              http.name(),
              http.prober(),
              http.prefix(),
              http.timeout().isZero() ? null : http.timeout(),
              sampleTarget(http.name()));
      case Module.UnknownProber unknown ->
          new LandingView.Module(unknown.name(), unknown.prober(), "", null, null);
    };
  }

  /// The target to suggest: the latest for which a probe of the module returned data.
  private @Nullable String sampleTarget(String module) {
    return history.newestFirst().stream()
        .filter(probe -> probe.module().equals(module))
        .min(Comparator.comparing(probe -> !probe.succeeded())) // the first of the best
        .map(ProbeRecord::target)
        .orElse(null);
  }

  private static String defaultModule(List<Module> modules) {
    return modules.stream()
        .map(Module::name)
        .filter(Config.DEFAULT_MODULE::equals)
        .findFirst()
        .orElse(modules.isEmpty() ? "" : modules.getFirst().name());
  }
}
