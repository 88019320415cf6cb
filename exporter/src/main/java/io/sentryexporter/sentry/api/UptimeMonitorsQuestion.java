package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.UptimeMonitor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Uptime monitors of the organization: one request for each hundred.
public record UptimeMonitorsQuestion(String organization) implements Question<List<UptimeMonitor>> {
  private static final String SHAPE =
      "{\"id\": …, \"projectSlug\": …, \"name\": …, \"status\": …, \"uptimeStatus\": …}";

  private static final long OK = 1;
  private static final long FAILED = 2;
  private static final String OLD_OK = "1";
  private static final String OLD_FAILED = "2";

  @Override
  public String name() {
    return "uptime_monitors";
  }

  @Override
  public String collector() {
    return "uptime";
  }

  @Override
  public List<UptimeMonitor> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiQuery().project(null).with("per_page", 100);
    Map<String, UptimeMonitor> byId = new LinkedHashMap<>(); // pages shift when the list changes
    for (UptimeMonitor monitor :
        Pages.read(
            sentry,
            query.to(Endpoint.UPTIME, organization),
            SHAPE,
            UptimeMonitorsQuestion::monitor)) {
      byId.putIfAbsent(monitor.id(), monitor);
    }
    return List.copyOf(byId.values());
  }

  private static UptimeMonitor monitor(Json json) throws Json.Unexpected, SentryException {
    String id = null;
    String project = null;
    String name = "";
    String environment = "";
    String status = null;
    Long uptimeStatus = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.id();
        case "projectSlug" -> project = json.text();
        case "name" -> name = json.textOrEmpty();
        case "environment" -> environment = json.textOrEmpty();
        case "status" -> status = json.orDropped(Json::id);
        case "uptimeStatus" -> uptimeStatus = json.orDropped(Json::whole);
        default -> json.skip();
      }
    }
    Boolean up = uptimeStatus == null ? null : isUp(uptimeStatus);
    Boolean enabled = null;
    if (status != null) {
      switch (status) {
        case "active" -> enabled = true;
        case "disabled" -> enabled = false;
        case OLD_OK, OLD_FAILED -> up = status.equals(OLD_OK); // servers before 2025
        default -> {} // a status of a newer server
      }
    }
    if (up == null && enabled == null) {
      throw new Json.Unexpected("an uptime monitor has no known status" + json.place());
    }
    return new UptimeMonitor(
        json.required(id, "id"),
        json.required(project, "projectSlug"),
        name,
        environment,
        enabled,
        up);
  }

  /// Null for a status that is not known here.
  private static @Nullable Boolean isUp(long status) {
    if (status == OK) {
      return true;
    }
    return status == FAILED ? false : null;
  }
}
