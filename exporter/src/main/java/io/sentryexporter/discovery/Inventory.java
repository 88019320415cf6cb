package io.sentryexporter.discovery;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.discovery.Discovery.DiscoveredTarget;
import io.sentryexporter.discovery.Discovery.Query;
import io.sentryexporter.discovery.Discovery.UnavailableException;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.api.UptimeMonitors;
import io.sentryexporter.sentry.api.UptimeMonitors.UptimeMonitor;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.time.Deadline;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Lists the projects that [Discovery] finds, with what people want to know of each: a few requests
/// for an organization, however many projects it has.
///
/// @param rows in the order of the targets
/// @param notes why a column is not known for an organization
public record Inventory(List<Row> rows, List<String> notes) {
  private static final OutcomeKey ERRORS = new OutcomeKey(OutcomeKey.ERROR, OutcomeKey.ACCEPTED);

  public Inventory {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  /// A project.
  ///
  /// @param module and `instance`, by which it is found
  /// @param errors accepted error events of the last full hour; null if they are not known
  /// @param uses what it has ever sent or set up in addition to errors
  public record Row(
      String module,
      String instance,
      String organization,
      String project,
      long id,
      String platform,
      List<String> teams,
      @Nullable Long errors,
      List<String> uses) {
    public Row {
      teams = List.copyOf(teams);
      uses = List.copyOf(uses);
    }
  }

  /// Learns how far the listing is.
  @FunctionalInterface
  public interface Progress {
    /// An organization is about to be listed.
    ///
    /// @param done number of organizations that are listed
    /// @param next the one that is under way
    void at(int done, int all, String next);
  }

  /// An organization of an instance.
  private record Place(String instance, String organization) {}

  /// What is known of the projects of an organization.
  private record Known(@Nullable Totals lastHour, Set<String> withUptime) {}

  /// Lists the projects that a query finds.
  ///
  /// @throws UnavailableException as [Discovery#find]
  public static Inventory of(ActiveConfig active, Query query, Deadline deadline, Progress progress)
      throws UnavailableException, InterruptedException {
    progress.at(0, 0, "the list of projects");
    List<DiscoveredTarget> targets = Discovery.find(active, query, deadline).targets();
    var places = new LinkedHashSet<Place>();
    targets.forEach(target -> places.add(place(target)));
    for (Place place : places) { // all at once, as far as the instance allows
      SentrySession session = session(active, place, deadline);
      session.begin(new Outcomes.OfClosedHour(place.organization()));
      session.begin(new UptimeMonitors(place.organization()));
    }
    var notes = new ArrayList<String>();
    var known = new LinkedHashMap<Place, Known>();
    for (Place place : places) {
      progress.at(known.size(), places.size(), place.organization());
      known.put(place, known(session(active, place, deadline), place.organization(), notes));
    }
    var rows = new ArrayList<Row>();
    for (DiscoveredTarget target : targets) {
      rows.add(row(target, Objects.requireNonNull(known.get(place(target)))));
    }
    return new Inventory(rows, notes);
  }

  private static Place place(DiscoveredTarget target) {
    return new Place(target.instance().name(), target.organization().slug());
  }

  private static SentrySession session(ActiveConfig active, Place place, Deadline deadline) {
    SentryClient client = Objects.requireNonNull(active.sentries().get(place.instance()));
    return client.api(CachePolicy.NAMES, deadline);
  }

  private static Known known(SentrySession session, String organization, List<String> notes)
      throws InterruptedException {
    Totals lastHour = session.ifSupported(new Outcomes.OfClosedHour(organization));
    SentryException failure = session.failure();
    if (lastHour == null) {
      notes.add(
          organization
              + ": errors of the last hour are not known: "
              + (failure == null ? "this server does not have them" : failure.getMessage()));
    }
    List<UptimeMonitor> uptime = session.ifSupported(new UptimeMonitors(organization));
    return new Known(
        lastHour,
        uptime == null
            ? Set.of()
            : uptime.stream().map(UptimeMonitor::project).collect(Collectors.toSet()));
  }

  private static Row row(DiscoveredTarget target, Known known) {
    Project project = Objects.requireNonNull(target.project());
    var uses = new ArrayList<>(project.facts().uses());
    if (known.withUptime().contains(project.slug())) {
      uses.add("uptime");
    }
    return new Row(
        target.module().name(),
        target.instance().name(),
        target.organization().slug(),
        project.slug(),
        project.id(),
        project.platform(),
        project.teams(),
        errors(project, known.lastHour()),
        uses);
  }

  private static @Nullable Long errors(Project project, @Nullable Totals lastHour) {
    if (lastHour == null || !project.hasAccess()) {
      return null;
    }
    Long counted = lastHour.of(project.id()).get(ERRORS);
    return counted == null && lastHour.isZero(project.id(), ERRORS) ? Long.valueOf(0) : counted;
  }

  /// Writes the projects as JSON: a list of objects, `null` for what is not known.
  public void json(OutputStream out) {
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      for (Row row : rows) {
        json.writeRaw('\n');
        json.writeStartObject();
        json.writeStringProperty("module", row.module());
        json.writeStringProperty("instance", row.instance());
        json.writeStringProperty("organization", row.organization());
        json.writeStringProperty("project", row.project());
        json.writeStringProperty("target", row.organization() + "/" + row.project());
        json.writeNumberProperty("id", row.id());
        json.writeStringProperty("platform", row.platform());
        strings(json, "teams", row.teams());
        if (row.errors() == null) {
          json.writeNullProperty("errors_last_hour");
        } else {
          json.writeNumberProperty("errors_last_hour", row.errors());
        }
        strings(json, "uses", row.uses());
        json.writeEndObject();
      }
      json.writeRaw('\n');
      json.writeEndArray();
      json.writeRaw('\n');
    }
  }

  private static void strings(JsonGenerator json, String name, List<String> texts) {
    json.writeArrayPropertyStart(name);
    texts.forEach(json::writeString);
    json.writeEndArray();
  }
}
