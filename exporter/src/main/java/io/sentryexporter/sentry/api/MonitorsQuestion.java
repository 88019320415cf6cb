package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.DropCause;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Monitor;
import io.sentryexporter.sentry.model.Monitor.InEnvironment;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cron monitors of the organization: one request for each hundred.
public record MonitorsQuestion(String organization) implements Question<List<Monitor>> {
  private static final String SHAPE =
      "{\"slug\": …, \"status\": …, \"project\": …, \"environments\": …}";

  @Override
  public String name() {
    return "monitors";
  }

  @Override
  public List<Monitor> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiQuery().project(null).with("per_page", 100);
    Map<List<String>, Monitor> bySlug = new LinkedHashMap<>(); // pages shift when the list changes
    List<Optional<Monitor>> monitors =
        Pages.read(
            sentry, query.to(Endpoint.MONITORS, organization), SHAPE, MonitorsQuestion::monitor);
    for (Optional<Monitor> each : monitors) {
      each.ifPresentOrElse(
          monitor -> bySlug.putIfAbsent(List.of(monitor.project(), monitor.slug()), monitor),
          () -> sentry.dropped(DropCause.ITEM, "a monitor without slug and status"));
    }
    if (bySlug.isEmpty() && !monitors.isEmpty()) {
      throw new SentryException.Unsupported(
          "the server has no cron monitors: its monitors are uptime monitors, as GlitchTip's", 200);
    }
    return List.copyOf(bySlug.values());
  }

  /// Empty for an item that is no cron monitor: GlitchTip lists its uptime monitors here.
  private static Optional<Monitor> monitor(Json json) throws Json.Unexpected, SentryException {
    String slug = null;
    String project = null;
    String status = null;
    boolean isMuted = false;
    List<InEnvironment> environments = null;
    var ownFields = new Environment();
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "slug" -> slug = json.label();
        case "project" -> project = json.slugOf();
        case "status" -> status = json.text();
        case "isMuted" -> isMuted = Boolean.TRUE.equals(json.orDropped(Json::flag));
        case "environments" -> environments = json.isNull() ? null : environments(json);
        default -> ownFields.read(json);
      }
    }
    if (slug == null && status == null) {
      return Optional.empty();
    }
    String known = json.required(status, "status");
    if (environments == null || environments.isEmpty()) { // before 23.4 a monitor has its own only
      ownFields.status = known;
      environments = List.of(ownFields.build(json));
    }
    boolean muted = isMuted;
    return Optional.of(
        new Monitor(
            json.required(slug, "slug"),
            json.required(project, "project"),
            !known.equals("disabled"),
            environments.stream().map(each -> muted ? muted(each) : each).toList()));
  }

  private static InEnvironment muted(InEnvironment each) {
    return new InEnvironment(
        each.environment(),
        each.status(),
        true,
        each.lastCheckIn(),
        each.deadline(),
        each.incidentStart());
  }

  /// An array. The schema has one object, which is taken as well, and an empty one as none.
  private static List<InEnvironment> environments(Json json)
      throws Json.Unexpected, SentryException {
    if (!json.isObject()) {
      return json.items(MonitorsQuestion::environment);
    }
    json.beginObject();
    return json.hasField() ? List.of(fields(json)) : List.of();
  }

  private static InEnvironment environment(Json json) throws Json.Unexpected, SentryException {
    json.beginObject();
    if (!json.hasField()) {
      throw json.missing("status");
    }
    return fields(json);
  }

  /// From the first field on.
  private static InEnvironment fields(Json json) throws Json.Unexpected, SentryException {
    var environment = new Environment();
    do {
      switch (json.field()) {
        case "name" -> environment.name = json.label();
        case "status" -> environment.status = json.text();
        case "isMuted" -> environment.isMuted = Boolean.TRUE.equals(json.orDropped(Json::flag));
        default -> environment.read(json);
      }
    } while (json.hasField());
    return environment.build(json);
  }

  /// A monitor in an environment, as it is read.
  private static final class Environment {
    private String name = "";
    private @Nullable String status;
    private boolean isMuted;
    private @Nullable Instant lastCheckIn;
    private @Nullable Instant nextCheckIn;
    private @Nullable Instant nextCheckInLatest;
    private @Nullable Instant incidentStart;

    void read(Json json) throws Json.Unexpected, SentryException {
      switch (json.field()) {
        case "lastCheckIn" -> lastCheckIn = json.orDropped(Json::instant);
        case "nextCheckIn" -> nextCheckIn = json.orDropped(Json::instant);
        case "nextCheckInLatest" -> nextCheckInLatest = json.orDropped(Json::instant);
        case "activeIncident" -> incidentStart = json.orDropped(Environment::incidentStart);
        default -> json.skip();
      }
    }

    private static @Nullable Instant incidentStart(Json json)
        throws Json.Unexpected, SentryException {
      Instant start = null;
      json.beginObject();
      while (json.hasField()) {
        if (json.field().equals("startingTimestamp")) {
          start = json.orDropped(Json::instant);
        } else {
          json.skip();
        }
      }
      return start;
    }

    InEnvironment build(Json json) throws Json.Unexpected {
      return new InEnvironment(
          name,
          json.required(status, "status"),
          isMuted,
          lastCheckIn,
          nextCheckInLatest == null ? nextCheckIn : nextCheckInLatest,
          incidentStart);
    }
  }
}
