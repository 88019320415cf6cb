package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Uptime monitors of the organization: one request for each hundred.
public record UptimeMonitors(String organization) implements ApiRequest<List<UptimeMonitor>> {
  /// Experimental: Sentry does not publish it in its schema.
  public static final Endpoint ENDPOINT =
      new Endpoint("uptime", "/api/0/organizations/{organization}/uptime/", "org:read");

  private static final String SHAPE =
      "{\"id\": …, \"projectSlug\": …, \"name\": …, \"status\": …, \"uptimeStatus\": …}";
  private static final Field<String> ID = Field.of("id", Json::id);
  private static final Field<String> PROJECT = Field.of("projectSlug", Json::text);
  private static final Field<String> NAME = Field.of("name", Json::textOrEmpty);
  private static final Field<String> ENVIRONMENT = Field.of("environment", Json::textOrEmpty);
  private static final Field<String> STATUS = Field.orDropped("status", Json::id);
  private static final Field<Long> UPTIME_STATUS = Field.orDropped("uptimeStatus", Json::whole);
  private static final long OK = 1;
  private static final long FAILED = 2;
  private static final String OLD_OK = "1";
  private static final String OLD_FAILED = "2";

  /// A check of a URL that Sentry makes.
  ///
  /// @param id of its detector
  /// @param project slug
  /// @param name set by the user; the URL is never a label
  /// @param environment empty if it has none
  /// @param enabled false if a user switched it off; null if the server does not report it
  /// @param up false while Sentry sees the URL fail; null if the server does not report it
  public record UptimeMonitor(
      String id,
      String project,
      String name,
      String environment,
      @Nullable Boolean enabled,
      @Nullable Boolean up) {}

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
    var query = new ApiGet.Parameters().projects(sentry.named()).with("per_page", 100);
    Map<String, UptimeMonitor> byId = new LinkedHashMap<>(); // pages shift when the list changes
    for (UptimeMonitor monitor :
        Pages.read(sentry, query.to(ENDPOINT, organization), SHAPE, UptimeMonitors::monitor)) {
      byId.putIfAbsent(monitor.id(), monitor);
    }
    return List.copyOf(byId.values());
  }

  private static UptimeMonitor monitor(Json json) throws Json.Unexpected, SentryException {
    Fields monitor = json.object(ID, PROJECT, NAME, ENVIRONMENT, STATUS, UPTIME_STATUS);
    Long uptimeStatus = monitor.get(UPTIME_STATUS);
    Boolean up = uptimeStatus == null ? null : isUp(uptimeStatus);
    Boolean enabled = null;
    switch (monitor.get(STATUS)) {
      case "active" -> enabled = true;
      case "disabled" -> enabled = false;
      case OLD_OK -> up = true; // servers before 2025
      case OLD_FAILED -> up = false;
      case null, default -> {} // a status of a newer server
    }
    if (up == null && enabled == null) {
      throw new Json.Unexpected("an uptime monitor has no known status" + json.place());
    }
    return new UptimeMonitor(
        monitor.required(ID),
        monitor.required(PROJECT),
        monitor.get(NAME, ""),
        monitor.get(ENVIRONMENT, ""),
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
