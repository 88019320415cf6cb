package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.endpoint.SessionsQuery.Dimension;
import io.sentryexporter.simulator.endpoint.SessionsQuery.Field;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.SessionCounts;
import io.sentryexporter.simulator.world.SessionStatus;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Release health: sessions by project, release, environment and how they ended.
public final class SessionsEndpoint {
  /// Data points an answer has at most; more groups are on further pages. As at Sentry those of the
  /// series count also where it is not wanted, and groups that differ in status count as one.
  static final int POINT_LIMIT = 10_000;

  private final URI url;

  public SessionsEndpoint(URI url) {
    this.url = url;
  }

  /// What a group is formed by; null where the query does not group by it.
  private record Group(
      @Nullable Long project, @Nullable String release, @Nullable String environment) {
    static Group of(
        SessionsQuery query, SimulatedProject project, String release, String environment) {
      return new Group(
          query.groupsBy(Dimension.PROJECT) ? project.id() : null,
          query.groupsBy(Dimension.RELEASE) ? release : null,
          query.groupsBy(Dimension.ENVIRONMENT) ? environment : null);
    }

    String by() {
      var by = new ArrayList<String>();
      if (project != null) {
        by.add("\"project\":" + project);
      }
      if (release != null) {
        by.add("\"release\":" + Json.quote(release));
      }
      if (environment != null) {
        by.add("\"environment\":" + Json.quote(environment));
      }
      return String.join(",", by);
    }
  }

  /// When a release was in use.
  private record Window(String release, long from, long until) {}

  /// A group that has sessions, as the answer shows it; by status it is several.
  private record Row(String by, SessionSlices sessions) {}

  public Answer answer(Call call) throws Refused {
    var query = SessionsQuery.read(call);
    var range = query.range();
    var page = Page.read(call.query(), "per_page", POINT_LIMIT / (range.intervals() + 1));
    var rows = rows(query, call.known());
    var groups =
        page.part(rows).stream()
            .flatMap(row ->
                statuses(query).stream().map(status -> json(query, row, status, call.known())))
            .collect(Collectors.joining(",", "[", "]"));
    var search = call.query().last("query");
    var body =
        "{%s,\"intervals\":%s,\"groups\":%s,\"query\":%s}"
            .formatted(
                range.startAndEnd(),
                range.starts(),
                groups,
                Json.quote(search == null ? "" : search));
    return page.linked(Answer.json(body), rows.size(), call, url);
  }

  private static List<Row> rows(SessionsQuery query, Knowledge known) {
    var groups = new LinkedHashMap<Group, SessionSlices>();
    query.projects().forEach(project -> addTo(groups, query, project));
    var rows = new ArrayList<Row>();
    groups.forEach((group, sessions) -> {
      var counts = sessions.counts(known, query.range().start(), query.range().end());
      if (counts.sessions(null) == 0) {
        return; // groups without sessions are absent
      }
      rows.add(new Row(group.by(), sessions));
    });
    return rows;
  }

  /// All, or a null if the query does not group by it.
  private static List<@Nullable SessionStatus> statuses(SessionsQuery query) {
    return query.groupsBy(Dimension.STATUS)
        ? Arrays.asList(SessionStatus.values())
        : Collections.singletonList(null);
  }

  private static void addTo(
      Map<Group, SessionSlices> groups, SessionsQuery query, SimulatedProject project) {
    var windows = windows(query, project);
    for (var flow : project.flows()) {
      var session = flow.kind().session();
      if (session != null && query.wants(session.environment())) {
        for (var window : windows) {
          groups
              .computeIfAbsent(
                  Group.of(query, project, window.release(), session.environment()),
                  _ -> new SessionSlices())
              .add(project, flow, window.from(), window.until());
        }
      }
    }
  }

  /// The periods that a query groups by: those of releases, or the whole range.
  private static List<Window> windows(SessionsQuery query, SimulatedProject project) {
    var range = query.range();
    if (!query.groupsBy(Dimension.RELEASE) && query.release() == null) {
      return List.of(new Window("", range.start(), range.end()));
    }
    return project.releases().inUse(project, range.start(), range.end()).stream()
        .filter(release -> query.release() == null || release.version().equals(query.release()))
        .map(release -> new Window(release.version(), release.created(), release.replaced()))
        .toList();
  }

  private static String json(
      SessionsQuery query, Row row, @Nullable SessionStatus status, Knowledge known) {
    var range = query.range();
    var by =
        status == null
            ? row.by()
            : row.by()
                + (row.by().isEmpty() ? "" : ",")
                + "\"session.status\":"
                + Json.quote(status.label());
    var totals = "";
    if (query.hasTotals()) {
      var counts = row.sessions().counts(known, range.start(), range.end());
      totals = fields(query, field -> value(field, status, counts));
    }
    var series = "";
    if (query.hasSeries()) {
      var counts =
          IntStream.range(0, range.intervals())
              .mapToObj(i -> row.sessions().counts(known, range.startOf(i), range.startOf(i + 1)))
              .toList();
      series =
          fields(
              query,
              field ->
                  counts.stream()
                      .map(each -> value(field, status, each))
                      .collect(Collectors.joining(",", "[", "]")));
    }
    return "{\"by\":{%s},\"totals\":{%s},\"series\":{%s}}".formatted(by, totals, series);
  }

  private static String fields(SessionsQuery query, Function<Field, String> value) {
    return query.fields().stream()
        .map(field -> Json.quote(field.label) + ":" + value.apply(field))
        .collect(Collectors.joining(","));
  }

  private static String value(Field field, @Nullable SessionStatus status, SessionCounts counts) {
    return switch (field) {
      case SESSIONS -> Long.toString(counts.sessions(status));
      case USERS -> Long.toString(counts.users(status));
      case CRASH_RATE -> String.valueOf(counts.crashRate());
      case USER_CRASH_RATE -> String.valueOf(counts.userCrashRate());
      case CRASH_FREE_RATE -> String.valueOf(complement(counts.crashRate()));
      case USER_CRASH_FREE_RATE -> String.valueOf(complement(counts.userCrashRate()));
    };
  }

  private static @Nullable Double complement(@Nullable Double rate) {
    return rate == null ? null : 1 - rate;
  }
}
