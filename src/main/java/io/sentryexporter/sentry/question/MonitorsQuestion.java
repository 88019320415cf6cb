package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Monitor;
import io.sentryexporter.sentry.model.Monitor.InEnvironment;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.request.ApiQuery;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.request.Pages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    for (Monitor monitor :
        Pages.read(
            sentry, query.to(Endpoint.MONITORS, organization), SHAPE, MonitorsQuestion::monitor)) {
      bySlug.putIfAbsent(List.of(monitor.project(), monitor.slug()), monitor);
    }
    return List.copyOf(bySlug.values());
  }

  private static Monitor monitor(Json json) throws Json.Unexpected {
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
        case "isMuted" -> isMuted = json.flag();
        case "environments" -> environments = environments(json);
        default -> ownFields.read(json);
      }
    }
    String known = json.required(status, "status");
    if (environments == null) { // before version 23 a monitor had no environments
      ownFields.status = known;
      environments = List.of(ownFields.build(json));
    }
    boolean muted = isMuted;
    return new Monitor(
        json.required(slug, "slug"),
        json.required(project, "project"),
        !known.equals("disabled"),
        environments.stream().map(each -> muted ? muted(each) : each).toList());
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

  /// An array; the schema says one object, which is taken as well.
  private static List<InEnvironment> environments(Json json) throws Json.Unexpected {
    if (json.isObject()) {
      return List.of(environment(json));
    }
    var environments = new ArrayList<InEnvironment>();
    json.beginArray();
    while (json.hasNext()) {
      environments.add(environment(json));
    }
    return environments;
  }

  private static InEnvironment environment(Json json) throws Json.Unexpected {
    var environment = new Environment();
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "name" -> environment.name = json.label();
        case "status" -> environment.status = json.text();
        case "isMuted" -> environment.isMuted = json.flag();
        default -> environment.read(json);
      }
    }
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

    void read(Json json) throws Json.Unexpected {
      switch (json.field()) {
        case "lastCheckIn" -> lastCheckIn = json.instantOrNull();
        case "nextCheckIn" -> nextCheckIn = json.instantOrNull();
        case "nextCheckInLatest" -> nextCheckInLatest = json.instantOrNull();
        case "activeIncident" -> incidentStart = json.isNull() ? null : incidentStart(json);
        default -> json.skip();
      }
    }

    private static @Nullable Instant incidentStart(Json json) throws Json.Unexpected {
      Instant start = null;
      json.beginObject();
      while (json.hasField()) {
        if (json.field().equals("startingTimestamp")) {
          start = json.instant();
        } else {
          json.skip();
        }
      }
      return json.required(start, "startingTimestamp");
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
