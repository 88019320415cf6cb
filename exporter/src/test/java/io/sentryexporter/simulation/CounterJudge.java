package io.sentryexporter.simulation;

import io.sentryexporter.simulation.Judge.Invariant;
import io.sentryexporter.simulation.Judge.Source;
import io.sentryexporter.simulation.Page.Series;
import io.sentryexporter.simulation.Readings.Reading;
import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import io.sentryexporter.simulator.world.History.Stream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Judges the counters of events by the truth: each value, each fall, and `increase()` over all
/// samples that a scraper has had.
final class CounterJudge {
  static final String EVENTS = "sentry_outcomes_total";

  /// After so long below half of it a value is given up: Sentry has lost its counts.
  private static final Duration GIVEN_UP = Duration.ofMinutes(10);

  /// A counter without marks is read twice, eight seconds apart; a reading has a time of its own.
  private static final Duration TWO_READINGS = Duration.ofSeconds(7);

  /// What may be missing of the first answer of a process without being noticed.
  private static final long SMALL_GAP = 100;

  private final Story story;
  private final World world;
  private final Readings readings;
  private final Samples samples;
  private final Map<Key, Track> tracks = new HashMap<>();

  /// How often each exporter has lost its marks.
  private final Map<Integer, Integer> losses = new HashMap<>();

  private final Map<Kinds, List<Stream>> streams = new HashMap<>();

  /// Receives each sample that is judged.
  interface Samples {
    Samples NONE = (_, _, _, _, _) -> {};

    /// A value of a series that a scraper has got.
    ///
    /// @param increase Prometheus' increase since the first sample of this series and scraper
    void add(int scraper, Series series, Instant at, long value, long increase);
  }

  /// A series as one scraper has it.
  private record Key(int scraper, Series series) {}

  private record Kinds(int project, String category, String outcome) {}

  /// @param reported what Sentry reported, at least
  /// @param known what it knew, at most
  private record Bounds(long reported, long known) {}

  /// What has been seen of a series.
  private static final class Track {
    private final Set<Integer> projects;
    private int exporter;
    private int losses;
    private Instant epoch;
    private long value;

    /// Prometheus' increase since the first sample.
    private long whole;

    /// The same since the first sample that counts.
    private long increase;

    /// Of the samples before this month or day.
    private long leastBefore;

    private long mostBefore;

    /// Of the first sample of this month or day that counts.
    private Bounds first;

    private Bounds last;

    Track(Set<Integer> projects, Instant epoch) {
      this.projects = projects;
      this.epoch = epoch;
      this.first = new Bounds(0, 0);
      this.last = first;
    }

    /// Begins to count with this sample.
    void restart(Bounds bounds) {
      increase = 0;
      leastBefore = 0;
      mostBefore = 0;
      first = bounds;
    }
  }

  CounterJudge(Story story, World world, Readings readings, Samples samples) {
    this.story = story;
    this.world = world;
    this.readings = readings;
    this.samples = samples;
    for (Stream stream : world.events().streams()) {
      int project = Integer.parseInt(stream.project().substring(1));
      streams
          .computeIfAbsent(
              new Kinds(project, stream.category(), stream.outcome()), _ -> new ArrayList<>())
          .add(stream);
    }
  }

  static boolean isCounter(Series series) {
    return series.name().equals(EVENTS);
  }

  void crashed(int exporter, boolean withStorage) {
    if (!withStorage) {
      losses.merge(exporter, 1, Integer::sum);
    }
  }

  /// Judges the counters of a page.
  ///
  /// @param behind the readings one of which is the last that it has
  void scraped(Source source, Instant now, List<Reading> behind, Page page) {
    page.samples()
        .forEach((series, value) -> {
          if (isCounter(series)) {
            judge(source, series, Math.round(value), behind, now);
          }
        });
  }

  private void judge(Source source, Series series, long value, List<Reading> behind, Instant now) {
    var key = new Key(source.scraper(), series);
    Track track = tracks.get(key);
    int lost = losses.getOrDefault(source.exporter(), 0);
    boolean isOther =
        track != null && (track.exporter != source.exporter() || track.losses != lost);
    Map<Integer, Bounds> possible = Map.of();
    Reading reading = behind.getLast();
    var nearest = new ArrayList<String>();
    Instant same =
        track != null && !isOther && value > 0 && value == track.value ? track.epoch : null;
    for (Reading one : lastOfEachEpoch(behind, same)) {
      if (possible.isEmpty()) {
        reading = one;
        Set<Integer> candidates =
            track != null && !isOther && track.epoch.equals(one.epoch())
                ? track.projects
                : owners(series.label("project"), now);
        possible = possible(candidates, source, series, value, behind, one, nearest);
      }
    }
    if (possible.isEmpty()) {
      throw Judge.broken(
          story,
          value == 0 && !nearest.isEmpty() ? Invariant.NEVER_ZERO : Invariant.INCREASE,
          now,
          "%s of exporter %d is %d; %s",
          series,
          source.exporter(),
          value,
          nearest.isEmpty() ? "no project has had the slug" : String.join(", ", nearest));
    }
    Instant epoch = reading.epoch();
    if (value > 0) {
      readings.shown(source.exporter(), reading);
    }
    var bounds =
        new Bounds(
            possible.values().stream().mapToLong(Bounds::reported).min().orElseThrow(),
            possible.values().stream().mapToLong(Bounds::known).max().orElseThrow());
    if (track == null) {
      track = new Track(new HashSet<>(possible.keySet()), epoch);
      track.restart(bounds);
      tracks.put(key, track);
    } else {
      if (isOther || track.epoch.isBefore(epoch)) {
        track.projects.clear();
        track.projects.addAll(possible.keySet());
      } else {
        track.projects.retainAll(possible.keySet());
      }
      advance(track, source, series, value, bounds, reading, isOther, now);
    }
    samples.add(source.scraper(), series, now, value, track.whole);
    track.exporter = source.exporter();
    track.losses = lost;
    track.epoch = epoch;
    track.value = value;
    track.last = bounds;
  }

  /// The newest month or day first; mostly there is one only.
  ///
  /// @param same the one that a value is of which is the same as before, and not 0: after the
  ///   switch it would show a reset
  private static List<Reading> lastOfEachEpoch(List<Reading> behind, @Nullable Instant same) {
    var last = new TreeMap<Instant, Reading>(Comparator.reverseOrder());
    behind.forEach(reading -> last.put(reading.epoch(), reading));
    var all = new ArrayList<Reading>(last.values());
    all.sort(Comparator.comparing(reading -> !reading.epoch().equals(same)));
    return all;
  }

  /// The projects of which a value can be.
  ///
  /// @param nearest receives why it is not of others
  private Map<Integer, Bounds> possible(
      Set<Integer> candidates,
      Source source,
      Series series,
      long value,
      List<Reading> behind,
      Reading last,
      List<String> nearest) {
    boolean showsReset =
        value == 0 && readings.mayShowReset(source.exporter(), last.epoch(), last.arrived());
    var possible = new HashMap<Integer, Bounds>();
    for (int project : candidates) {
      Bounds bounds = bounds(source.exporter(), project, series, behind, last.epoch());
      if (showsReset) {
        possible.put(project, new Bounds(0, bounds.known()));
      } else if (value >= bounds.reported() && value <= bounds.known()) {
        possible.put(project, bounds);
      } else {
        nearest.add(
            "of project %d it is between %d and %d"
                .formatted(project, bounds.reported(), bounds.known()));
      }
    }
    return possible;
  }

  private void advance(
      Track track,
      Source source,
      Series series,
      long value,
      Bounds bounds,
      Reading reading,
      boolean isOther,
      Instant now) {
    boolean isReset = value < track.value;
    track.whole += increase(track.value, value);
    boolean isSwitch = !track.epoch.equals(reading.epoch());
    if (isSwitch && reading.epoch().isBefore(track.epoch)) {
      if (!isOther) {
        throw Judge.broken(
            story, Invariant.NO_FALL, now, "%s is of the month or day before again", series);
      }
      track.restart(bounds); // the other exporter is behind
      return;
    }
    if (!isSwitch && isReset) {
      boolean isExcused =
          track.exporter != source.exporter()
              || isGivenUp(track, series, reading)
              || (isOther && isBehindTwice(track, source, series, reading));
      if (!isExcused) {
        throw Judge.broken(
            story,
            Invariant.NO_FALL,
            now,
            "%s of exporter %d falls from %d to %d",
            series,
            source.exporter(),
            track.value,
            value);
      }
      track.restart(bounds);
      return;
    }
    if (isSwitch) {
      boolean hasMissedReset =
          isOther || !readings.mustShowReset(source.exporter(), reading.epoch(), reading.arrived());
      if (!isReset && track.value > 0 && hasMissedReset) {
        track.restart(bounds);
        return;
      }
      track.leastBefore += Math.max(0, track.last.reported() - track.first.known());
      track.mostBefore += track.last.known() - track.first.reported();
      track.first = new Bounds(0, 0);
    }
    track.increase += increase(track.value, value);
    long least = track.leastBefore + bounds.reported() - track.first.known();
    long most = track.mostBefore + bounds.known() - track.first.reported();
    if (track.increase < least || track.increase > most) {
      throw Judge.broken(
          story,
          Invariant.INCREASE,
          now,
          "increase(%s) is %d, and should be between %d and %d",
          series,
          track.increase,
          least,
          most);
    }
  }

  /// From one sample to the next: a value that falls has been reset to 0.
  private static long increase(long last, long next) {
    return next < last ? next : next - last;
  }

  /// Whether a process without marks could not know better: all that Sentry reported in the time of
  /// two readings was below what the process before had exposed.
  private boolean isBehindTwice(Track track, Source source, Series series, Reading reading) {
    Instant first = readings.first(source.exporter());
    return track.projects.stream()
        .anyMatch(project ->
            highest(project, series, reading.epoch(), first, first.plus(TWO_READINGS))
                < track.value);
  }

  private long highest(int project, Series series, Instant epoch, Instant from, Instant until) {
    return streams(project, series).stream()
        .mapToLong(stream -> world.events().highest(stream, epoch, from, until))
        .sum();
  }

  /// Whether Sentry has been so low for so long that its new values are believed.
  private boolean isGivenUp(Track track, Series series, Reading reading) {
    return track.projects.stream()
        .anyMatch(project ->
            highest(project, series, reading.epoch(), reading.at().minus(GIVEN_UP), reading.at())
                < track.value / 2.0);
  }

  private Bounds bounds(
      int exporter, int project, Series series, List<Reading> behind, Instant epoch) {
    long reported = Long.MAX_VALUE;
    long known = 0;
    for (Reading reading : behind) {
      if (reading.epoch().equals(epoch)) {
        long most = 0;
        for (Stream stream : streams(project, series)) {
          most += world.events().known(stream, epoch, reading.at());
        }
        reported = Math.min(reported, told(exporter, project, series, reading));
        known = Math.max(known, most);
      }
    }
    return new Bounds(reported, known);
  }

  /// What a process has at least of what Sentry reports: what it had before, where statistics leave
  /// a project out or do not know it any more. That they leave it out shows in the organization's
  /// sum when that is compared, unless it is little by then.
  private long told(int exporter, int project, Series series, Reading reading) {
    if (!world.slugs(reading.at()).containsKey(project)) {
      return 0;
    }
    long reported = reported(project, series, reading, reading.at());
    boolean isLeftOut =
        story.at(reading.at(), Kind.MISSING).anyMatch(fault -> fault.target() == project);
    if (!isLeftOut) {
      return reported;
    }
    Instant compared = readings.compared(exporter, reading.epoch());
    Instant first = compared.isBefore(reading.at()) ? compared : reading.at();
    return reported(project, series, reading, first) <= SMALL_GAP ? 0 : 1;
  }

  private long reported(int project, Series series, Reading reading, Instant at) {
    return streams(project, series).stream()
        .mapToLong(stream -> world.events().reported(stream, reading.epoch(), reading.until(), at))
        .sum();
  }

  private List<Stream> streams(int project, Series series) {
    return streams.getOrDefault(
        new Kinds(project, series.label("category"), series.label("outcome")), List.of());
  }

  /// The projects that have had a slug until now.
  private Set<Integer> owners(String slug, Instant now) {
    var owners = new HashSet<Integer>();
    java.util.stream.Stream.concat(
            java.util.stream.Stream.of(story.start(), now),
            story.faults().stream().map(story::from))
        .filter(time -> !time.isAfter(now))
        .forEach(time ->
            world
                .slugs(time)
                .forEach((project, its) -> {
                  if (its.equals(slug)) {
                    owners.add(project);
                  }
                }));
    return owners;
  }

  /// Whether the projects are not only what they were: then series may be gone with a reason.
  boolean isTouched(Instant now) {
    return story.faults().stream()
        .anyMatch(fault -> isOfProjects(fault.kind()) && !story.from(fault).isAfter(now));
  }

  /// Whether nothing but a wrong hint can have taken a series away.
  boolean isSure(Series series, Instant now) {
    return story.faults().stream()
        .filter(fault -> isOfProjects(fault.kind()) && !story.from(fault).isAfter(now))
        .noneMatch(fault -> concerns(fault, series.label("project")));
  }

  private boolean concerns(Fault fault, String slug) {
    return world.slugs(story.from(fault).minusNanos(1)).entrySet().stream()
        .filter(entry -> entry.getValue().equals(slug))
        .map(Map.Entry::getKey)
        .anyMatch(
            project -> project == fault.target() || (fault.kind() == Kind.SWAP && project == 0));
  }

  private static boolean isOfProjects(Kind kind) {
    return switch (kind) {
      case RENAME, SWAP, DELETE, SHORT_LIST -> true;
      default -> false;
    };
  }
}
