package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Noise;
import io.sentryexporter.simulator.world.SimulatedOrganization;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Cron monitors: one for each project with traffic, checked in every hour at five past.
///
/// The first of an organization misses its check-ins from 02:05 to 04:05 UTC each day, the second
/// is disabled, the third muted. The fourth has failed since yesterday; the fifth has been late for
/// as long, which this Sentry does not notice.
public final class MonitorsEndpoint {
  private static final long HOUR = 3_600;
  private static final long DAY = 24 * HOUR;
  private static final long MARGIN = 300;
  private static final long PAST = 300; // the hour, when the job is due
  private static final long OUTAGE_FROM = 2 * HOUR + PAST;
  private static final long OUTAGE_UNTIL = 4 * HOUR + PAST;

  private final URI url;

  public MonitorsEndpoint(URI url) {
    this.url = url;
  }

  private enum Kind {
    MISSES_DAILY,
    DISABLED,
    MUTED,
    FAILS,
    LATE,
    FINE
  }

  private record Monitor(SimulatedProject project, Kind kind) {
    String slug() {
      return project.slug() + "-hourly";
    }
  }

  /// How a monitor's only environment stands.
  ///
  /// @param incident start time of missing check-ins, null if none are missing
  private record State(long lastCheckIn, long nextCheckIn, @Nullable Long incident) {
    static State of(Kind kind, long now) {
      var due = Math.floorDiv(now - PAST, HOUR) * HOUR + PAST;
      var done = now - due < 30 ? due - HOUR : due; // the job takes half a minute
      if (kind == Kind.FAILS) {
        return new State(done + 30, due + HOUR, Math.floorDiv(now, DAY) * DAY - DAY + PAST);
      }
      if (kind == Kind.LATE) {
        var last = due - DAY;
        return new State(last + 30, last + HOUR, null);
      }
      if (kind != Kind.MISSES_DAILY) {
        return new State(done + 30, due + HOUR, null);
      }
      var midnight = Math.floorDiv(now, DAY) * DAY;
      var inOutage = done >= midnight + OUTAGE_FROM && done < midnight + OUTAGE_UNTIL;
      var noticed = midnight + OUTAGE_FROM + MARGIN;
      return inOutage
          ? new State(
              midnight + OUTAGE_FROM - HOUR + 30,
              now < noticed ? midnight + OUTAGE_FROM : due + HOUR,
              now < noticed ? null : noticed)
          : new State(done + 30, due + HOUR, null);
    }
  }

  public Answer answer(Call call) throws Refused {
    var wanted =
        ProjectFilter.read(call).stream().map(SimulatedProject::id).collect(Collectors.toSet());
    var monitors =
        all(call.theOrganization()).stream()
            .filter(monitor -> wanted.contains(monitor.project().id()))
            .toList();
    return Page.read(call.query()).of(monitors, monitor -> json(monitor, call.now()), call, url);
  }

  private static List<Monitor> all(SimulatedOrganization organization) {
    var monitors = new ArrayList<Monitor>();
    for (var project : organization.projects()) {
      if (!project.flows().isEmpty()) {
        var kind =
            switch (monitors.size()) {
              case 0 -> Kind.MISSES_DAILY;
              case 1 -> Kind.DISABLED;
              case 2 -> Kind.MUTED;
              case 3 -> Kind.FAILS;
              case 4 -> Kind.LATE;
              default -> Kind.FINE;
            };
        monitors.add(new Monitor(project, kind));
      }
    }
    return monitors;
  }

  private static String json(Monitor monitor, long now) {
    var noise = Noise.of(monitor.project().id(), "monitor");
    var state = State.of(monitor.kind(), now);
    return """
    {"id":"%s","name":"%s","slug":"%s","status":"%s","isMuted":%s,"isUpserting":false,\
    "config":{"schedule_type":"crontab","schedule":"5 * * * *","checkin_margin":5,\
    "max_runtime":30,"timezone":"UTC","failure_issue_threshold":1,"recovery_threshold":1,\
    "alert_rule_id":null},"dateCreated":"2025-02-01T10:00:00Z","project":%s,\
    "environments":[%s],"owner":{"type":"team","id":"1","name":"Everyone"}}\
    """
        .formatted(
            "%08x-0000-4000-8000-%012x".formatted((int) noise, noise >>> 16),
            ProjectJson.name(monitor.slug()),
            monitor.slug(),
            monitor.kind() == Kind.DISABLED ? "disabled" : "active",
            monitor.kind() == Kind.MUTED,
            ProjectJson.inMonitor(monitor.project()),
            environment(monitor.kind(), state));
  }

  private static String environment(Kind kind, State state) {
    var incident =
        state.incident() == null
            ? "null"
            : "{\"startingTimestamp\":\"%s\",\"resolvingTimestamp\":null,\"brokenNotice\":null}"
                .formatted(Instant.ofEpochSecond(state.incident()));
    return """
    {"name":"production","status":"%s","isMuted":%s,"dateCreated":"2025-02-01T10:00:00Z",\
    "lastCheckIn":"%s","nextCheckIn":"%s","nextCheckInLatest":"%s","activeIncident":%s}\
    """
        .formatted(
            state.incident() == null ? "ok" : "error",
            kind == Kind.MUTED,
            Instant.ofEpochSecond(state.lastCheckIn()),
            Instant.ofEpochSecond(state.nextCheckIn()),
            Instant.ofEpochSecond(state.nextCheckIn() + MARGIN),
            incident);
  }
}
