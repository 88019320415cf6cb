package io.sentryexporter.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.simulation.Judge.Invariant;
import io.sentryexporter.simulation.World.Reply;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The sums by project that each exporter has got from Sentry, and for which month or day it
/// requested them.
final class Readings {
  private static final Duration LONGEST_FETCH = Duration.ofMinutes(2);

  /// A counter without marks is read twice.
  private static final Duration TWO_FETCHES = LONGEST_FETCH.multipliedBy(2);

  /// Less than a refresh interval can be, so that there is one fetch only in it.
  private static final Duration SHORT = Duration.ofSeconds(15);

  /// Sentry's time is in whole seconds, and so is the end of a window.
  private static final Duration WHOLE_SECONDS = Duration.ofSeconds(2);

  private static final Duration SHORT_WAIT = Duration.ofSeconds(4);

  /// The default of `max_concurrent`: one less for one endpoint.
  private static final int PLACES = 4;

  private static final Duration SHORTEST_OVERLAP = Duration.ofMinutes(2);

  private final Story story;
  private final Map<Integer, List<Reading>> byExporter = new HashMap<>();

  /// The first page of each month or day, by process, and the first reading, by exporter.
  private final Map<Integer, Map<Instant, Instant>> firstOfProcess = new HashMap<>();

  private final Map<Integer, Map<Instant, Instant>> firstOfExporter = new HashMap<>();

  private final Map<Integer, Instant> firstSent = new HashMap<>();

  /// Until when the last empty list of projects has stood for each exporter.
  private final Map<Integer, Instant> emptyUntil = new HashMap<>();

  /// Until when failures and pauses have held up fetches of each exporter.
  private final Map<Integer, Instant> heldUp = new HashMap<>();

  /// Requests of each exporter that hang: each has a place, which others may wait for.
  private final Map<Integer, List<Hung>> hung = new HashMap<>();

  /// By exporter, when the first answer of each month or day was compared with the organization's
  /// sum; long ago where that was requested in vain.
  private final Map<Integer, Map<Instant, Instant>> compared = new HashMap<>();

  /// Exporters that know Sentry's time, as an answer has come.
  private final Set<Integer> timed = new HashSet<>();

  /// @param epoch start of the month or day
  /// @param until end of the last day that was requested
  /// @param at when the request was sent, as of which the answer is
  /// @param arrived when the answer was whole
  /// @param isOfProject whether it is of a single project
  record Reading(Instant epoch, Instant until, Instant at, Instant arrived, boolean isOfProject) {}

  private record Hung(String endpoint, Instant at) {}

  Readings(Story story) {
    this.story = story;
  }

  /// How long the old window stands after the end of its month or day.
  Duration overlap() {
    return story.refresh().compareTo(SHORTEST_OVERLAP) > 0 ? story.refresh() : SHORTEST_OVERLAP;
  }

  void requested(int exporter, HttpGet request, Instant at, Reply reply) {
    var query = URLDecoder.decode(World.target(request.uri()), UTF_8);
    Instant arrived = at.plus(reply.latency());
    Instant epoch = null;
    Instant end = Instant.MAX;
    Instant until = Instant.MAX;
    boolean isWhole = false;
    if (query.contains("/stats_v2/") && query.contains("groupBy=project")) {
      epoch = Instant.parse(parameter(query, "start"));
      end = Instant.parse(parameter(query, "end"));
      until = endOfDay(end.minusNanos(1));
      isWhole = isWhole(reply, "{\"start\":\"" + epoch + "\"", "}");
    } else if (query.contains("/stats_v2/") && !query.contains("groupBy=reason")) {
      compared
          .computeIfAbsent(exporter, _ -> new HashMap<>())
          .put(
              Instant.parse(parameter(query, "start")),
              isWhole(reply, "{", "}") ? at : Instant.EPOCH);
    } else if (query.contains("/stats/?") && query.contains("since=")) { // of a single project
      epoch = Instant.ofEpochSecond(Long.parseLong(parameter(query, "since")));
      until = endOfDay(Instant.ofEpochSecond(Long.parseLong(parameter(query, "until"))));
      isWhole = isWhole(reply, "[", "]");
    } else if (query.contains("/projects/?") && isWhole(reply, "[", "]")) {
      listed(exporter, isWhole(reply, "[]", ""), arrived);
    }
    if (epoch != null) {
      requireSwitch(exporter, epoch, end, at);
    }
    if (epoch != null && isWhole) {
      var reading = new Reading(epoch, until, at, arrived, query.contains("since="));
      byExporter.computeIfAbsent(exporter, _ -> new ArrayList<>()).add(reading);
      firstSent.putIfAbsent(exporter, at);
      firstOfExporter
          .computeIfAbsent(exporter, _ -> new HashMap<>())
          .putIfAbsent(epoch, reading.arrived());
    }
    if (reply instanceof Reply.Answered) {
      timed.add(exporter);
    }
    if (reply instanceof Reply.Hung) {
      hung.computeIfAbsent(exporter, _ -> new ArrayList<>())
          .add(new Hung(World.endpoint(query), at));
    }
    Duration held = RequestJudge.heldUp(reply);
    if (!held.isZero()) {
      heldUp.merge(exporter, arrived.plus(held), (a, b) -> a.isAfter(b) ? a : b);
    }
  }

  private static Instant endOfDay(Instant time) {
    return Epoch.DAY.end(Epoch.DAY.start(time));
  }

  /// When the first answer of a month or day was compared with the organization's sum, as it was
  /// then; long ago where it could not be.
  Instant compared(int exporter, Instant epoch) {
    return compared.getOrDefault(exporter, Map.of()).getOrDefault(epoch, Instant.MAX);
  }

  /// An empty list of projects is the answer for all counters, until another list has come.
  private void listed(int exporter, boolean isEmpty, Instant arrived) {
    if (isEmpty) {
      emptyUntil.put(exporter, Instant.MAX);
    } else {
      emptyUntil.computeIfPresent(
          exporter, (_, until) -> until.isBefore(arrived) ? until : arrived);
    }
  }

  /// Whether the exporter can take an answer: a whole one, and for the time that it has requested.
  private static boolean isWhole(Reply reply, String begins, String ends) {
    if (!(reply instanceof Reply.Answered answered) || answered.answer().status() != 200) {
      return false;
    }
    var text = new String(answered.answer().body(), UTF_8);
    return text.startsWith(begins) && text.endsWith(ends);
  }

  private static String parameter(String query, String name) {
    int from = query.indexOf(name + "=") + name.length() + 1;
    int end = query.indexOf('&', from);
    return end < 0 ? query.substring(from) : query.substring(from, end);
  }

  /// The window is that of Sentry's time less the overlap, up to Sentry's time. A clock of Sentry
  /// that is set may be followed late, as its time is read from answers, which may be slow; and a
  /// fetch that failures, pauses or requests that hang hold up goes on with its window.
  ///
  /// @param end of the window; [Instant#MAX] if only its start counts
  private void requireSwitch(int exporter, Instant epoch, Instant end, Instant at) {
    if (!timed.contains(exporter)) {
      return; // it only has the clock of its machine
    }
    long clocks =
        story.faults().stream()
            .mapToLong(fault ->
                switch (fault.kind()) {
                  case SENTRY_CLOCK -> Math.abs(fault.number()) * 1_000;
                  case SLOW -> fault.number();
                  default -> 0;
                })
            .sum();
    boolean isHeldUp =
        !heldUp.getOrDefault(exporter, Instant.MIN).isBefore(at.minus(LONGEST_FETCH))
            || arePlacesTaken(exporter, at);
    Duration late = isHeldUp ? LONGEST_FETCH : Duration.ZERO;
    Duration slack = shortWait().plusMillis(clocks);
    Instant shifted = at.minus(overlap());
    Instant earliest = story.epoch().start(shifted.minus(slack).minus(late));
    Instant latest = story.epoch().start(shifted.plus(slack));
    Instant closed = story.epoch().end(epoch).minusSeconds(1);
    Instant now = at.minus(slack).minus(late);
    if (epoch.isBefore(earliest)
        || epoch.isAfter(latest)
        || end.isBefore(now.isBefore(closed) ? now : closed)) {
      throw Judge.broken(
          story,
          Invariant.SWITCH,
          at,
          "exporter %d requests counters since %s until %s, not since %s until now",
          exporter,
          epoch,
          end,
          latest);
    }
  }

  /// For two other requests of the endpoint.
  private Duration shortWait() {
    long turn = Math.round(1_000 / (story.limit() * RequestJudge.SHARE));
    Duration turns = WHOLE_SECONDS.plusMillis(2 * turn);
    return turns.compareTo(SHORT_WAIT) > 0 ? turns : SHORT_WAIT;
  }

  /// Whether requests that have hung until now had all places, or all that an endpoint may have.
  private boolean arePlacesTaken(int exporter, Instant at) {
    List<Hung> all = hung.computeIfAbsent(exporter, _ -> new ArrayList<>());
    all.removeIf(each -> each.at().isBefore(at.minus(LONGEST_FETCH)));
    return all.size() >= PLACES
        || all.stream()
            .anyMatch(one ->
                all.stream().filter(each -> each.endpoint().equals(one.endpoint())).count()
                    >= PLACES - 1);
  }

  void crashed(int exporter) {
    byExporter.remove(exporter);
    firstOfProcess.remove(exporter);
    firstSent.remove(exporter);
    timed.remove(exporter);
    emptyUntil.remove(exporter);
    heldUp.remove(exporter);
    hung.remove(exporter);
  }

  /// The readings one of which is the last behind the counters of a page.
  ///
  /// A page has the age of its oldest answer, which may be another one than theirs: so theirs came
  /// with that one or later.
  ///
  /// @param complete earliest time at which the oldest answer was complete
  /// @param latest the latest such time
  List<Reading> behind(int exporter, Instant complete, Instant latest, Instant now) {
    List<Reading> all = byExporter.getOrDefault(exporter, List.of());
    boolean isOfEach = all.stream().anyMatch(Reading::isOfProject); // three readings an answer
    Instant earliest = isOfEach ? complete.minus(TWO_FETCHES) : complete;
    boolean isShort = Duration.between(earliest, latest).compareTo(SHORT) <= 0;
    boolean hasWithin =
        isShort
            && all.stream()
                .anyMatch(reading ->
                    !reading.arrived().isBefore(earliest) && !reading.arrived().isAfter(latest));
    var behind = new ArrayList<Reading>();
    for (Reading reading : all) {
      if (reading.arrived().isAfter(now)) {
        break;
      }
      if (reading.arrived().isBefore(earliest)) {
        behind.clear();
        if (hasWithin) {
          continue;
        }
      }
      behind.add(reading);
    }
    if (behind.isEmpty()) {
      throw Judge.broken(
          story,
          Invariant.NEVER_ZERO,
          now,
          "exporter %d has data that Sentry never gave",
          exporter);
    }
    forget(exporter, now);
    return behind;
  }

  private void forget(int exporter, Instant now) {
    Instant old = now.minus(story.maxStale()).minus(TWO_FETCHES).minus(TWO_FETCHES);
    List<Reading> all = byExporter.getOrDefault(exporter, List.of());
    while (all.size() > 1 && all.get(1).arrived().isBefore(old)) {
      all.removeFirst();
    }
  }

  /// When the process that runs has sent the first request for counters that was answered.
  Instant first(int exporter) {
    return firstSent.getOrDefault(exporter, Instant.MIN);
  }

  /// Requires that counters that are exposed now are of an answer that is not too old.
  void requireRecent(int exporter, Instant now) {
    List<Reading> all = byExporter.getOrDefault(exporter, List.of());
    Instant oldest = now.minus(story.maxStale()).minus(TWO_FETCHES);
    boolean isListEmpty = !emptyUntil.getOrDefault(exporter, Instant.MIN).isBefore(oldest);
    if (!all.isEmpty() && all.getLast().arrived().isBefore(oldest) && !isListEmpty) {
      throw Judge.broken(
          story,
          Invariant.NOT_STALE,
          now,
          "exporter %d exposes counters, and had the last at %s",
          exporter,
          all.getLast().arrived());
    }
  }

  /// A page shows values of a month or day.
  void shown(int exporter, Reading reading) {
    firstOfProcess
        .computeIfAbsent(exporter, _ -> new HashMap<>())
        .putIfAbsent(reading.epoch(), reading.arrived());
  }

  /// Whether the series that would not show their reset may still be 0.
  ///
  /// @param now time of the answer behind them
  boolean mayShowReset(int exporter, Instant epoch, Instant now) {
    Instant first = firstOfProcess.getOrDefault(exporter, Map.of()).get(epoch);
    return isAfterAnother(epoch)
        && (first == null || !now.isAfter(first.plus(overlap().dividedBy(2)).plus(SHORT)));
  }

  /// Whether a scrape of this answer must have seen the reset of a series.
  boolean mustShowReset(int exporter, Instant epoch, Instant now) {
    Instant first = firstOfExporter.getOrDefault(exporter, Map.of()).get(epoch);
    return first != null
        && now.isBefore(first.plus(overlap().dividedBy(2)).minus(Duration.ofSeconds(2)));
  }

  private boolean isAfterAnother(Instant epoch) {
    return epoch.isAfter(story.epoch().start(story.start().minus(overlap())));
  }
}
