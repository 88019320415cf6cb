package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.world.Flow.Kind;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.Outcome;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The first generation of statistics: points `[timestamp, count]` of a project or an organization.
public final class StatsV1Endpoints {
  private static final long DAY = 86_400;

  /// Inbound filters whose drops can be requested by name.
  private static final Set<String> FILTERS =
      Set.of(
          "ip-address",
          "release-version",
          "error-message",
          "browser-extensions",
          "legacy-browsers",
          "localhost",
          "web-crawlers",
          "invalid-csp",
          "cors",
          "discarded-hash",
          "crash-report-limit");

  private StatsV1Endpoints() {}

  public static Answer ofProject(Call call) throws Refused {
    var stat = stat(call);
    if (stat == null) {
      // the body is an array, as nowhere else
      throw Refused.with(Answer.of(400, "application/json", "[\"Invalid stat: received\"]"));
    }
    var text = new StringBuilder();
    writePoints(text, call.known(), Buckets.read(call), List.of(call.theProject()), stat);
    return Answer.json(text.toString());
  }

  public static Answer ofOrganization(Call call) throws Refused {
    switch (call.theOrganization().oldStats()) {
      case ANSWERED -> {}
      case UNKNOWN_ROUTE -> throw new Refused(SentryError.UNKNOWN_ROUTE);
      case GONE -> throw new Refused(SentryError.GONE);
    }
    var group = call.query().last("group");
    var stat = stat(call);
    if (stat == null || (group != null && !Set.of("organization", "project").contains(group))) {
      throw new Refused(SentryError.INTERNAL); // as the real one
    }
    var buckets = Buckets.read(call);
    var projects = projects(call);
    if (!"project".equals(group)) {
      var text = new StringBuilder();
      writePoints(text, call.known(), buckets, projects, stat);
      return Answer.json(text.toString());
    }
    return projects.isEmpty()
        ? Answer.json("[]")
        : Answer.json(byProject(call.known(), buckets, projects, stat));
  }

  private static String byProject(
      Knowledge known, Buckets buckets, List<SimulatedProject> projects, Predicate<Kind> stat) {
    var text = new StringBuilder("{");
    for (var project : projects) {
      if (text.length() > 1) {
        text.append(',');
      }
      text.append('"').append(project.id()).append("\":");
      writePoints(text, known, buckets, List.of(project), stat);
    }
    return text.append('}').toString();
  }

  private static List<SimulatedProject> projects(Call call) {
    var ids = call.query().all("projectID");
    return call.theOrganization().projects().stream()
        .filter(project -> ids.isEmpty() || ids.contains(Long.toString(project.id())))
        .toList();
  }

  private static void writePoints(
      StringBuilder text,
      Knowledge known,
      Buckets buckets,
      List<SimulatedProject> projects,
      Predicate<Kind> stat) {
    var flows =
        projects.stream()
            .flatMap(project -> project.flows().stream())
            .filter(flow -> stat.test(flow.kind()))
            .toList();
    text.append('[');
    for (var bucket = buckets.first(); bucket <= buckets.last(); bucket += buckets.seconds()) {
      var count = 0L;
      for (var flow : flows) {
        count += known.quantity(flow, bucket, bucket + buckets.seconds());
      }
      text.append(bucket == buckets.first() ? "[" : ",[");
      text.append(bucket).append(',').append(count).append(']');
    }
    text.append(']');
  }

  /// Which events count, null for a statistic Sentry does not know.
  private static @Nullable Predicate<Kind> stat(Call call) {
    var stat = call.query().last("stat");
    return switch (stat == null ? "received" : stat) {
      case "received" -> SimulatedProject::isReceived;
      case "rejected" -> errors(Outcome.RATE_LIMITED);
      case "blacklisted" -> errors(Outcome.FILTERED);
      case "generated" -> errors(Outcome.ACCEPTED);
      case String filter when FILTERS.contains(filter) ->
          errors(Outcome.FILTERED).and(kind -> kind.reason().equals(filter));
      default -> null;
    };
  }

  private static Predicate<Kind> errors(Outcome outcome) {
    return kind -> kind.category().isError() && kind.outcome() == outcome;
  }

  /// The requested points.
  ///
  /// @param first start of the first bucket; like all, in epoch seconds
  /// @param last start of the last bucket, the one that holds `until`
  /// @param seconds length of a bucket
  record Buckets(long first, long last, int seconds) {
    private static final List<Integer> RESOLUTIONS = List.of(10, 3_600, 86_400);

    static Buckets read(Call call) throws Refused {
      var asked = call.query().last("resolution");
      var resolution = asked == null ? 0 : resolution(asked);
      var until = time(call, "until", (double) call.now(), "until must be a numeric timestamp.");
      var since = time(call, "since", until - DAY + 1, "since must be a numeric timestamp");
      if (since > until) {
        throw Refused.badRequest("start must be before or equal to end");
      }
      var seconds = asked == null ? finest((long) until - (long) since) : resolution;
      // Sentry steps back from `until`, so the bucket of `since` is there only if a step reaches
      // it.
      var steps = (long) ((until - since) / seconds);
      var last = Math.floorDiv((long) until, seconds) * seconds;
      return new Buckets(last - steps * seconds, last, seconds);
    }

    private static double time(Call call, String name, double otherwise, String complaint)
        throws Refused {
      var text = call.query().last(name);
      if (text == null) {
        return otherwise;
      }
      try {
        var seconds = Double.parseDouble(text);
        if (Math.abs(seconds) < 1e11) { // about the years Sentry's own dates can hold
          return seconds;
        }
      } catch (NumberFormatException _) {
        // complained of below
      }
      throw Refused.badRequest(complaint);
    }

    private static int resolution(String text) throws Refused {
      var unit =
          switch (text.charAt(text.length() - 1)) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3_600;
            case 'd' -> 86_400;
            default -> 0;
          };
      try {
        var seconds = Math.multiplyExact(unit, Integer.parseInt(text, 0, text.length() - 1, 10));
        if (RESOLUTIONS.contains(seconds)) {
          return seconds;
        }
      } catch (ArithmeticException | NumberFormatException _) {
        // complained of below
      }
      throw Refused.badRequest("Invalid resolution");
    }

    /// The finest resolution that Sentry keeps for as long as `span` seconds.
    private static int finest(long span) {
      if (span <= 360 * 10) {
        return 10;
      }
      return span <= 168 * 3_600 ? 3_600 : 86_400;
    }
  }
}
