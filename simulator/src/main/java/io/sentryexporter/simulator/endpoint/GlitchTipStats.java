package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Flow;
import io.sentryexporter.simulator.world.Flow.Kind;
import io.sentryexporter.simulator.world.Outcome;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `stats_v2` as GlitchTip answers it: the series of one category over all requested projects, with
/// neither groups nor totals.
///
/// What is odd here is odd there: `-1` is no project rather than all of them; one bucket follows
/// the one that holds `end`; a bucket without events is null; a day counts its first hour only, and
/// a minute a whole hour.
public final class GlitchTipStats {
  private static final int HOUR = 3_600;
  private static final int MAX_INTERVALS = 1_000;
  private static final Set<String> FIELDS = Set.of("sum(quantity)", "sum(times_seen)");

  private GlitchTipStats() {}

  public static Answer answer(Call call) throws Refused {
    var query = call.query();
    var field = query.last("field");
    var category = query.last("category");
    var start = query.last("start");
    var end = query.last("end");
    var interval = interval(query);
    if (field == null || !FIELDS.contains(field)) {
      throw unprocessable("field");
    }
    if (category == null || !Set.of("error", "transaction").contains(category)) {
      throw unprocessable("category");
    }
    if (start == null || end == null) {
      throw unprocessable(start == null ? "start" : "end");
    }
    var first = Math.floorDiv(TimeRange.time(start), HOUR) * HOUR;
    var last = Math.floorDiv(TimeRange.time(end) + HOUR, HOUR) * HOUR;
    if ((last - first) / interval > MAX_INTERVALS) {
      throw unprocessable("end");
    }
    var flows = flows(projects(call), category);
    var intervals = new ArrayList<String>();
    var series = new ArrayList<String>();
    for (var bucket = first; bucket <= last; bucket += interval) {
      var sum = 0L;
      for (var flow : flows) {
        sum += call.known().quantity(flow, bucket, bucket + HOUR);
      }
      intervals.add("\"" + Instant.ofEpochSecond(bucket).toString().replace("Z", "+00:00") + "\"");
      series.add(sum == 0 ? "null" : Long.toString(sum));
    }
    return Answer.json(
        "{\"intervals\":[%s],\"groups\":[{\"series\":{%s:[%s]}}]}"
            .formatted(String.join(",", intervals), Json.quote(field), String.join(",", series)));
  }

  private static int interval(Query query) throws Refused {
    var interval = query.last("interval");
    return switch (interval == null ? "1h" : interval) {
      case "1d" -> 24 * HOUR;
      case "1h" -> HOUR;
      case "1m" -> 60;
      default -> throw unprocessable("interval");
    };
  }

  private static List<SimulatedProject> projects(Call call) throws Refused {
    var ids = call.query().all("project");
    var projects =
        call.theOrganization().projects().stream()
            .filter(project -> ids.isEmpty() || ids.contains(Long.toString(project.id())))
            .toList();
    if (projects.isEmpty()) {
      throw Refused.with(Answer.of(404, "application/json", Json.detail("Not Found")));
    }
    return projects;
  }

  private static List<Flow> flows(List<SimulatedProject> projects, String category) {
    return projects.stream()
        .flatMap(project -> project.flows().stream())
        .filter(flow -> isStored(flow.kind(), category))
        .toList();
  }

  private static boolean isStored(Kind kind, String category) {
    return kind.outcome() == Outcome.ACCEPTED && kind.category().shownAs().label().equals(category);
  }

  private static Refused unprocessable(String parameter) {
    return Refused.with(
        Answer.of(
            422,
            "application/json",
            ("{\"detail\":[{\"type\":\"value_error\","
                    + "\"loc\":[\"query\",\"filters\",%s],\"msg\":%s}]}")
                .formatted(
                    Json.quote(parameter), Json.quote("not a valid value of " + parameter))));
  }
}
