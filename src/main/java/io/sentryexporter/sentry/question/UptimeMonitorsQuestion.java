package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.UptimeMonitor;
import io.sentryexporter.sentry.request.ApiQuery;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.request.Pages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Uptime monitors of the organization: one request for each hundred.
public record UptimeMonitorsQuestion(String organization) implements Question<List<UptimeMonitor>> {
  private static final String SHAPE =
      "{\"id\": …, \"projectSlug\": …, \"name\": …, \"status\": …, \"uptimeStatus\": …}";

  private static final long OK = 1;
  private static final long FAILED = 2;

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

  private static UptimeMonitor monitor(Json json) throws Json.Unexpected {
    String id = null;
    String project = null;
    String name = null;
    String environment = "";
    String status = null;
    Boolean up = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.anyText();
        case "projectSlug" -> project = json.text();
        case "name" -> name = json.text();
        case "environment" -> environment = json.textOrEmpty();
        case "status" -> status = json.text();
        case "uptimeStatus" -> up = isUp(json);
        default -> json.skip();
      }
    }
    return new UptimeMonitor(
        json.required(id, "id"),
        json.required(project, "projectSlug"),
        json.required(name, "name"),
        environment,
        json.required(status, "status").equals("active"),
        json.required(up, "uptimeStatus"));
  }

  private static boolean isUp(Json json) throws Json.Unexpected {
    long status = json.whole();
    if (status != OK && status != FAILED) {
      throw json.unexpected("1 or 2");
    }
    return status == OK;
  }
}
