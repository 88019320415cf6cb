package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.PageMemory;
import io.sentryexporter.probe.ProbeRequest;
import io.sentryexporter.probe.ProbeRequest.ProbeTimeout;
import io.sentryexporter.probe.ProbeResult;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.web.page.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Serves `/probe?target=&module=[&debug=true]`: the metrics of one target.
///
/// Returns 200 even when Sentry fails, 400 for bad parameters only, and 503 beyond the limit of
/// concurrent probes and while nothing is configured. A probe ends when its client hangs up.
final class ProbeHandler {
  private static final String TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds";

  /// The end of the answer when there is no memory for a page.
  private static final String NO_ROOM =
      "; scrape fewer large pages at once, narrow them (targets of one project, max_series), or"
          + " give more heap: JAVA_OPTS=-Xmx1g\n";

  /// Maximum bytes of a page that are shown to people.
  private static final int LONGEST_DEBUG = 1 << 20;

  /// Minimum time to send a page, however late it is: short ones still arrive.
  private static final Duration SHORTEST_READ = Duration.ofSeconds(1);

  private final WebSettings settings;
  private final Supplier<ActiveConfig> active;
  private final Probes probes;
  private final ExporterMetrics metrics;
  private final TimeSource time;
  private final List<MetricFamily> onEveryPage;
  private final Semaphore places;

  /// @param onEveryPage families to add to each answer
  ProbeHandler(
      WebSettings settings,
      Supplier<ActiveConfig> active,
      Probes probes,
      ExporterMetrics metrics,
      TimeSource time,
      List<MetricFamily> onEveryPage) {
    this.settings = settings;
    this.active = active;
    this.probes = probes;
    this.metrics = metrics;
    this.time = time;
    this.onEveryPage = List.copyOf(onEveryPage);
    int most = settings.maxRequests();
    this.places = new Semaphore(most == 0 ? Integer.MAX_VALUE : most);
  }

  /// @param address where the request came in
  Response handle(Request request, ListenAddress address) throws InterruptedException {
    if (!places.tryAcquire()) {
      metrics.requestRejected();
      return Response.text(
          503, "Limit of concurrent requests reached, try again later; see --web.max-requests\n");
    }
    try {
      return answer(request, address);
    } finally {
      places.release();
    }
  }

  private Response answer(Request request, ListenAddress address) throws InterruptedException {
    long begun = time.nanoTime();
    var parameters = QueryParameters.parse(request.query());
    String target = parameters.first("target");
    String module = parameters.first("module");
    boolean isDebug = "true".equals(parameters.first("debug"));
    String refusal = isDebug ? debugRefusal(request, address) : null;
    if (refusal != null) {
      return Page.guarded(Response.text(403, refusal));
    }
    var read =
        ProbeRequest.read(
            target,
            module,
            request.headers().first(TIMEOUT).orElse(null),
            settings.timeoutOffset(),
            active.get());
    if (read instanceof ProbeRequest.Refused refused) {
      probes.refused(target, module, refused);
      int status = refused.fault() == ProbeRequest.Fault.NOTHING_CONFIGURED ? 503 : 400;
      return Response.text(status, refused.message() + "\n");
    }
    var accepted = (ProbeRequest.Accepted) read;
    try {
      ProbeResult probe =
          probes.run(
              accepted,
              isDebug ? Exposition.TEXT : MetricsResponse.format(request),
              request.hangUp());
      return isDebug ? debug(accepted, probe) : metrics(probe, request, begun);
    } catch (PageMemory.NoRoomException e) {
      metrics.requestRejected();
      return Response.text(503, e.getMessage() + NO_ROOM);
    }
  }

  private Response metrics(ProbeResult probe, Request request, long begun) {
    MetricsResponse.Page own =
        (format, out) -> format.write(families(probe), settings.created(), metrics, out);
    PageMemory.Reading shared = probe.shared();
    if (shared == null) {
      return MetricsResponse.response(request, own);
    }
    return MetricsResponse.response(request, shared.rendering(), own)
        .within(timeLeft(request, begun))
        .onEnd(shared::close);
  }

  /// The remaining time of a scrape; null if the client names no timeout. A page that arrives later
  /// is useless.
  private @Nullable Duration timeLeft(Request request, long begun) {
    Duration timeout = ProbeTimeout.scrapeTimeout(request.headers().first(TIMEOUT).orElse(null));
    if (timeout == null || timeout.isZero()) {
      return null;
    }
    Duration left = timeout.minusNanos(time.nanoTime() - begun);
    return left.compareTo(SHORTEST_READ) < 0 ? SHORTEST_READ : left;
  }

  /// Why a page with `debug=true` is not served; null if it is.
  private @Nullable String debugRefusal(Request request, ListenAddress address) {
    if (!settings.parts().contains(WebSettings.Part.DEBUG_PAGES)) {
      return Routes.NO_DEBUG_PAGES;
    }
    String refusal = new BrowserCheck(address, settings.externalOrigin()).refusal(request);
    return refusal == null ? null : refusal + "\n";
  }

  private Response debug(ProbeRequest.Accepted accepted, ProbeResult probe) {
    byte[] page = Exposition.TEXT.write(families(probe), settings.created(), metrics);
    try (var shared = probe.shared()) {
      if (shared != null) {
        page = GzipMember.of(shared.rendering(), page).plain(LONGEST_DEBUG);
      }
    }
    String metricsText =
        new String(page, UTF_8) + (page.length == LONGEST_DEBUG ? "\n... (cut here)" : "");
    return Page.guarded(
        Response.text(
            200,
            "Logs for the probe (timeout "
                + accepted.timeout().toMillis() / 1e3
                + " s):\n"
                + probe.trace().text()
                + "\n\n\nMetrics that would have been returned:\n"
                + metricsText
                + "\n\n\nModule configuration:\n"
                + Config.toYaml(accepted.module())));
  }

  private List<MetricFamily> families(ProbeResult probe) {
    var all = new ArrayList<>(probe.families());
    all.addAll(onEveryPage);
    return all;
  }
}
