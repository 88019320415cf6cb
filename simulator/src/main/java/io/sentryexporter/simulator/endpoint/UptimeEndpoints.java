package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.SimulatedOrganization;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Uptime monitors, private at Sentry: one for each of an organization's first four projects with
/// traffic; the second's site is down from noon to 12:20 UTC each day, the third's for good.
public final class UptimeEndpoints {
  private static final int MONITORS = 4;
  private static final int INTERVAL = 60;
  private static final long DAY = 86_400;
  private static final long DOWN_FROM = 12 * 3_600;
  private static final long DOWN_SECONDS = 20 * 60;
  private static final int CHECKS_TO_NOTICE = 3;

  private final URI url;

  public UptimeEndpoints(URI url) {
    this.url = url;
  }

  private enum Kind {
    FINE,
    FAILS_DAILY,
    FAILS
  }

  private record Monitor(SimulatedProject project, Kind kind) {
    long id() {
      return 200_000_000 + project.id();
    }

    /// Seconds it was down between two times.
    long downSeconds(long from, long until) {
      return switch (kind) {
        case FINE -> 0;
        case FAILS_DAILY -> down(until) - down(from);
        case FAILS -> until - from;
      };
    }

    private static long down(long time) {
      return Math.floorDiv(time, DAY) * DOWN_SECONDS
          + Math.clamp(Math.floorMod(time, DAY) - DOWN_FROM, 0, DOWN_SECONDS);
    }

    /// 1 for up, 2 for down, which is noticed after some failed checks.
    int status(long now) {
      var noticed = CHECKS_TO_NOTICE * INTERVAL;
      return downSeconds(now - noticed, now) == noticed ? 2 : 1;
    }
  }

  public Answer list(Call call) throws Refused {
    var wanted = ProjectFilter.read(call);
    var monitors =
        all(call.theOrganization()).stream()
            .filter(monitor -> wanted.contains(monitor.project()))
            .toList();
    return Page.read(call.query()).of(monitors, monitor -> json(monitor, call.now()), call, url);
  }

  /// Counts of checks of the requested monitors, by monitor.
  public Answer summary(Call call) throws Refused {
    var ids = call.query().all("uptimeDetectorId");
    if (ids.isEmpty()) {
      throw Refused.with(
          Answer.of(400, "application/json", "\"Uptime detector ids must be provided\""));
    }
    var range = TimeRange.exact(call.query(), call.now());
    var asked = new ArrayList<Monitor>();
    for (var id : ids) {
      var monitor = find(all(call.theOrganization()), id);
      if (monitor == null) {
        throw Refused.with(
            Answer.of(400, "application/json", "\"Invalid uptime detector ids provided\""));
      }
      asked.add(monitor);
    }
    return Answer.json(
        asked.stream()
            .map(monitor -> summary(monitor, range))
            .collect(Collectors.joining(",", "{", "}")));
  }

  private static @Nullable Monitor find(List<Monitor> monitors, String id) {
    for (var monitor : monitors) {
      if (Long.toString(monitor.id()).equals(id)) {
        return monitor;
      }
    }
    return null;
  }

  private static List<Monitor> all(SimulatedOrganization organization) {
    var monitors = new ArrayList<Monitor>();
    for (var project : organization.projects()) {
      if (!project.flows().isEmpty() && monitors.size() < MONITORS) {
        var kind =
            switch (monitors.size()) {
              case 1 -> Kind.FAILS_DAILY;
              case 2 -> Kind.FAILS;
              default -> Kind.FINE;
            };
        monitors.add(new Monitor(project, kind));
      }
    }
    return monitors;
  }

  private static String summary(Monitor monitor, TimeRange range) {
    var checks = range.end() / INTERVAL - range.start() / INTERVAL;
    var failed = monitor.downSeconds(range.start(), range.end()) / INTERVAL;
    var unnoticed = Math.min(failed, CHECKS_TO_NOTICE);
    return """
    "%d":{"totalChecks":%d,"failedChecks":%d,"downtimeChecks":%d,"missedWindowChecks":0,\
    "avgDurationUs":%d.5}\
    """
        .formatted(
            monitor.id(), checks, unnoticed, failed - unnoticed, 40_000 + monitor.id() % 90_000);
  }

  private static String json(Monitor monitor, long now) {
    var site = "https://%s.simulated.invalid".formatted(monitor.project().slug());
    return """
    {"id":"%d","projectSlug":"%s","environment":"production","name":"Uptime Monitoring for %s",\
    "status":"active","uptimeStatus":%d,"mode":1,"owner":null,"recoveryThreshold":1,\
    "downtimeThreshold":%d,"url":"%s","method":"GET","body":null,"headers":[],\
    "intervalSeconds":%d,"timeoutMs":5000,"traceSampling":false,"assertion":null}\
    """
        .formatted(
            monitor.id(),
            monitor.project().slug(),
            site,
            monitor.status(now),
            CHECKS_TO_NOTICE,
            site,
            INTERVAL);
  }
}
