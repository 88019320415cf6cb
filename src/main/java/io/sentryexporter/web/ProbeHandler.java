package io.sentryexporter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.config.Config;
import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.probe.Graph;
import io.sentryexporter.probe.ProbeRequest;
import io.sentryexporter.probe.Probed;
import io.sentryexporter.probe.Probes;
import io.sentryexporter.web.server.Handler;
import io.sentryexporter.web.server.Request;
import io.sentryexporter.web.server.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// `/probe?target=&module=[&debug=true]`: the figures of one target.
///
/// 200 even when Sentry fails, 400 for bad parameters only, 503 beyond the limit of probes at once
/// and while nothing is configured. The client's hanging up ends the probe.
final class ProbeHandler implements Handler {
  private final WebSettings settings;
  private final Supplier<Graph> graph;
  private final Probes probes;
  private final ExporterMetrics metrics;
  private final List<MetricFamily> onEveryPage;
  private final Semaphore places;

  /// @param onEveryPage families to add to each answer
  ProbeHandler(
      WebSettings settings,
      Supplier<Graph> graph,
      Probes probes,
      ExporterMetrics metrics,
      List<MetricFamily> onEveryPage) {
    this.settings = settings;
    this.graph = graph;
    this.probes = probes;
    this.metrics = metrics;
    this.onEveryPage = List.copyOf(onEveryPage);
    int most = settings.maxRequests();
    this.places = new Semaphore(most == 0 ? Integer.MAX_VALUE : most);
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    if (!places.tryAcquire()) {
      metrics.requestRejected();
      return Response.text(
          503, "Limit of concurrent requests reached, try again later; see --web.max-requests\n");
    }
    try {
      return answer(request);
    } finally {
      places.release();
    }
  }

  private Response answer(Request request) throws InterruptedException {
    var parameters = QueryParameters.parse(request.query());
    String target = parameters.first("target");
    String module = parameters.first("module");
    var read =
        ProbeRequest.read(
            target,
            module,
            request.headers().first("X-Prometheus-Scrape-Timeout-Seconds"),
            settings.timeoutOffset(),
            graph.get());
    return switch (read) {
      case ProbeRequest.Refused refused -> {
        probes.refused(target, module, refused);
        int status = refused.fault() == ProbeRequest.Fault.NOTHING_CONFIGURED ? 503 : 400;
        yield Response.text(status, refused.message() + "\n");
      }
      case ProbeRequest.Accepted accepted -> {
        Probed probe = probes.run(accepted, request.hangUp());
        yield "true".equals(parameters.first("debug"))
            ? debug(accepted, probe)
            : figures(probe, request);
      }
    };
  }

  private Response figures(Probed probe, Request request) {
    return Metrics.response(
        request, (format, out) -> format.write(families(probe), settings.created(), metrics, out));
  }

  private Response debug(ProbeRequest.Accepted accepted, Probed probe) {
    String figures =
        new String(Exposition.TEXT.write(families(probe), settings.created(), metrics), UTF_8);
    return Response.text(
        200,
        "Logs for the probe (timeout "
            + accepted.timeout().toMillis() / 1e3
            + " s):\n"
            + probe.kept().trace().text()
            + "\n\n\nMetrics that would have been returned:\n"
            + figures
            + "\n\n\nModule configuration:\n"
            + Config.toYaml(accepted.module()));
  }

  private List<MetricFamily> families(Probed probe) {
    var all = new ArrayList<>(probe.families());
    all.addAll(onEveryPage);
    return all;
  }
}
