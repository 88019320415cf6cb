package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.api.Monitors.Monitor;
import io.sentryexporter.sentry.api.Monitors.Monitor.InEnvironment;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cron monitors of the organization: one request for each hundred.
public record Monitors(String organization) implements ApiRequest<List<Monitor>> {
  public static final Endpoint ENDPOINT =
      new Endpoint("monitors", "/api/0/organizations/{organization}/monitors/", "org:read");

  private static final String SHAPE =
      "{\"slug\": …, \"status\": …, \"project\": …, \"environments\": …}";
  private static final Field<String> SLUG = Field.of("slug", Json::label);
  private static final Field<String> PROJECT = Field.of("project", Json::slugOf);
  private static final Field<List<InEnvironment>> ENVIRONMENTS =
      Field.of("environments", Monitors::environments);
  private static final Field<String> NAME = Field.of("name", Json::label);
  private static final Field<String> STATUS = Field.of("status", Json::text);
  private static final Field<Boolean> IS_MUTED = Field.orDropped("isMuted", Json::flag);
  private static final Field<Instant> LAST_CHECK_IN = Field.orDropped("lastCheckIn", Json::instant);
  private static final Field<Instant> NEXT_CHECK_IN = Field.orDropped("nextCheckIn", Json::instant);
  private static final Field<Instant> NEXT_CHECK_IN_LATEST =
      Field.orDropped("nextCheckInLatest", Json::instant);
  private static final Field<Instant> INCIDENT =
      Field.orDropped("activeIncident", Monitors::incidentStart);
  private static final Field<Instant> INCIDENT_START =
      Field.orDropped("startingTimestamp", Json::instant);

  /// A cron monitor.
  ///
  /// @param project slug
  /// @param enabled false if a user switched it off
  public record Monitor(
      String slug, String project, boolean enabled, List<InEnvironment> environments) {
    public Monitor {
      environments = List.copyOf(environments);
    }

    /// A monitor in one of its environments.
    ///
    /// @param status as Sentry names it: `active`, `ok`, `error`, on old servers also
    ///   `missed_checkin`, `timeout`
    /// @param lastCheckIn null before the first
    /// @param deadline when the next check-in is too late, null if none is expected
    /// @param incidentStart when the incident began that is open now, null without one
    public record InEnvironment(
        String environment,
        String status,
        boolean muted,
        @Nullable Instant lastCheckIn,
        @Nullable Instant deadline,
        @Nullable Instant incidentStart) {
      private InEnvironment asMuted() {
        return new InEnvironment(environment, status, true, lastCheckIn, deadline, incidentStart);
      }
    }
  }

  @Override
  public String name() {
    return "monitors";
  }

  @Override
  public List<Monitor> fetch(Fetching sentry) throws SentryException, InterruptedException {
    var query = new ApiGet.Parameters().projects(sentry.named()).with("per_page", 100);
    Map<List<String>, Monitor> bySlug = new LinkedHashMap<>(); // pages shift when the list changes
    List<Optional<Monitor>> monitors =
        Pages.read(sentry, query.to(ENDPOINT, organization), SHAPE, Monitors::monitor);
    for (Optional<Monitor> each : monitors) {
      each.ifPresentOrElse(
          monitor -> bySlug.putIfAbsent(List.of(monitor.project(), monitor.slug()), monitor),
          () -> sentry.dropped(DropCause.ITEM, "a monitor without slug and status"));
    }
    if (bySlug.isEmpty() && !monitors.isEmpty()) {
      throw new SentryException(
          Reason.UNSUPPORTED,
          "the server has no cron monitors: its monitors are uptime monitors, as GlitchTip's");
    }
    return List.copyOf(bySlug.values());
  }

  /// Empty for an item that is no cron monitor: GlitchTip lists its uptime monitors here.
  private static Optional<Monitor> monitor(Json json) throws Json.Unexpected, SentryException {
    Fields monitor =
        json.object(
            SLUG,
            PROJECT,
            STATUS,
            IS_MUTED,
            ENVIRONMENTS,
            LAST_CHECK_IN,
            NEXT_CHECK_IN,
            NEXT_CHECK_IN_LATEST,
            INCIDENT);
    if (monitor.get(SLUG) == null && monitor.get(STATUS) == null) {
      return Optional.empty();
    }
    String status = monitor.required(STATUS);
    List<InEnvironment> environments = monitor.get(ENVIRONMENTS);
    if (environments == null || environments.isEmpty()) { // before 23.4 a monitor has its own only
      environments = List.of(environment("", false, monitor));
    }
    return Optional.of(
        new Monitor(
            monitor.required(SLUG),
            monitor.required(PROJECT),
            !status.equals("disabled"),
            monitor.get(IS_MUTED, false)
                ? environments.stream().map(InEnvironment::asMuted).toList()
                : environments));
  }

  /// An array. The schema has one object, which is taken as well, and an empty one as none.
  private static @Nullable List<InEnvironment> environments(Json json)
      throws Json.Unexpected, SentryException {
    if (json.isNull()) {
      return null;
    }
    if (!json.isObject()) {
      return json.items(each -> environment(fields(each)));
    }
    Fields only = fields(json);
    return only.isEmpty() ? List.of() : List.of(environment(only));
  }

  private static Fields fields(Json json) throws Json.Unexpected, SentryException {
    return json.object(
        NAME, STATUS, IS_MUTED, LAST_CHECK_IN, NEXT_CHECK_IN, NEXT_CHECK_IN_LATEST, INCIDENT);
  }

  private static InEnvironment environment(Fields environment) throws Json.Unexpected {
    return environment(environment.get(NAME, ""), environment.get(IS_MUTED, false), environment);
  }

  private static InEnvironment environment(String name, boolean isMuted, Fields fields)
      throws Json.Unexpected {
    Instant latest = fields.get(NEXT_CHECK_IN_LATEST);
    return new InEnvironment(
        name,
        fields.required(STATUS),
        isMuted,
        fields.get(LAST_CHECK_IN),
        latest == null ? fields.get(NEXT_CHECK_IN) : latest,
        fields.get(INCIDENT));
  }

  private static @Nullable Instant incidentStart(Json json)
      throws Json.Unexpected, SentryException {
    return json.object(INCIDENT_START).get(INCIDENT_START);
  }
}
