package io.sentryexporter.simulation;

import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import io.sentryexporter.simulator.world.History;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The events of a story, second by second: what happened, when Sentry learnt of it, and what it
/// reports with its faults.
final class Events implements History {
  private static final Duration BEFORE = Duration.ofHours(2);
  private static final Duration AFTER = Duration.ofMinutes(5);

  /// Of ten events in the time of [Kind#LATE].
  private static final int LATE_OF_TEN = 3;

  private final Story story;

  /// The first second that is drawn; what happened before is a lump at the start of the month, and
  /// one at the start of the day.
  private final long first;

  private final Map<Stream, Drawn> drawn = new HashMap<>();

  /// Seconds at which what Sentry reports may fall or jump.
  private final Set<Long> changes = new TreeSet<>();

  private Instant now;

  /// @param happened events known at once before each second, from [#first] on
  /// @param late in the order of their seconds
  @SuppressWarnings("ArrayRecordComponent") // neither copied nor compared
  private record Drawn(int project, long[] happened, List<Late> late, List<Taken> taken) {}

  private record Late(long second, long arrival, long count) {}

  /// Events that Sentry has taken back.
  private record Taken(long second, long count) {}

  /// How often a stream has events.
  ///
  /// @param month and `day`: events since its start when the story begins
  /// @param each seconds from one event to the next on average; zero for three events each second
  private record Flow(
      String category, String outcome, String reason, long month, long day, int each) {
    Stream of(String project) {
      return Stream.of(project, category, outcome, reason);
    }
  }

  private static final List<Flow> BIG =
      List.of(
          new Flow("error", "accepted", "none", 400_000, 20_000, 0),
          new Flow("error", "rate_limited", "key_quota", 3_000, 90, 40),
          new Flow("transaction", "accepted", "none", 900_000, 40_000, 0));
  private static final List<Flow> SMALL = List.of(new Flow("error", "accepted", "none", 3, 1, 400));
  private static final List<Flow> USUAL =
      List.of(
          new Flow("error", "accepted", "none", 5_000, 400, 5),
          new Flow("error", "filtered", "browser-extensions", 70, 3, 90));

  Events(Story story) {
    this.story = story;
    this.now = story.start();
    long day = Epoch.DAY.start(story.start()).getEpochSecond();
    this.first = Math.max(day, story.start().minus(BEFORE).getEpochSecond());
    changes();
    for (int project = 0; project < projects(); project++) {
      for (Flow flow : flows(project)) {
        Stream stream = flow.of(World.slug(project));
        drawn.put(stream, drawn(stream, flow, project));
      }
    }
    if (story.sessions()) {
      for (String status : List.of("healthy", "crashed")) {
        Stream stream = Stream.ofSessions(World.slug(0), status);
        var flow = new Flow("session", "accepted", "none", 8_000, 700, 7);
        drawn.put(stream, drawn(stream, flow, 0));
      }
    }
  }

  /// A correction shows later where answers are old.
  private void changes() {
    var delays = new TreeSet<>(Set.of(0L));
    for (Fault fault : story.faults()) {
      if (fault.kind() == Kind.LAG || fault.kind() == Kind.SENTRY_CLOCK) {
        delays.add(Math.abs(fault.number()));
      }
    }
    for (Fault fault : story.faults()) {
      for (Instant change : List.of(story.from(fault), story.until(fault))) {
        for (long delay : delays) {
          for (long near = -1; near <= 1; near++) {
            changes.add(change.getEpochSecond() + delay + near);
          }
        }
      }
    }
  }

  /// Number of projects that there ever are.
  int projects() {
    return story.projects()
        + (int) story.faults().stream().filter(fault -> fault.kind() == Kind.CREATE).count();
  }

  List<Stream> streams() {
    return List.copyOf(drawn.keySet());
  }

  private static List<Flow> flows(int project) {
    return switch (project % 4) {
      case 0 -> BIG;
      case 1 -> SMALL;
      default -> USUAL;
    };
  }

  /// When a project that is created later is; the start of the story for others.
  Instant created(int project) {
    var creations = story.faults().stream().filter(fault -> fault.kind() == Kind.CREATE).toList();
    int later = project - story.projects();
    return later < 0 ? Instant.MIN : story.from(creations.get(later));
  }

  private Drawn drawn(Stream stream, Flow flow, int project) {
    boolean isLater = project >= story.projects();
    long begin = isLater ? created(project).getEpochSecond() : first;
    long end =
        story.faults().stream()
            .filter(fault -> fault.kind() == Kind.DELETE && fault.target() == project)
            .map(story::from)
            .map(Instant::getEpochSecond)
            .min(Comparator.naturalOrder())
            .orElse(Long.MAX_VALUE);
    int length = (int) (story.end().plus(AFTER).getEpochSecond() - first);
    var happened = new long[length + 1];
    boolean isEverLate =
        story.faults().stream()
            .anyMatch(fault -> fault.kind() == Kind.LATE && fault.target() == project);
    var late = new ArrayList<Late>();
    for (int i = 0; i < length; i++) {
      long second = first + i;
      long noise = mixed(stream, second);
      long count = second < begin || second >= end ? 0 : count(flow, noise);
      Fault delay = count == 0 || !isEverLate ? null : delay(project, second);
      if (delay != null && Math.floorMod(noise >> 40, 10) < LATE_OF_TEN) {
        long arrival = second + 1 + Math.floorMod(noise >> 20, Math.max(1, delay.number()));
        late.add(new Late(second, arrival, count));
        count = 0;
      }
      happened[i + 1] = happened[i] + count;
    }
    var result = new Drawn(project, happened, late, new ArrayList<>());
    if (!isLater) {
      lumps(flow, result);
    }
    for (Fault fault : story.faults()) {
      if (fault.kind() == Kind.CORRECTION && fault.target() == project) {
        Instant at = story.from(fault);
        long before =
            sum(result, story.epoch().start(at), at.getEpochSecond(), at.getEpochSecond());
        result.taken().add(new Taken(at.getEpochSecond(), before * fault.number() / 100));
      }
    }
    return result;
  }

  /// What happened before the first second that is drawn.
  private void lumps(Flow flow, Drawn result) {
    long month = Epoch.MONTH.start(story.start()).getEpochSecond();
    long day = Epoch.DAY.start(story.start()).getEpochSecond();
    result.late().add(0, new Late(day, day, flow.day()));
    if (month < day) {
      result.late().add(0, new Late(month, month, flow.month()));
    }
  }

  private @Nullable Fault delay(int project, long second) {
    Instant at = Instant.ofEpochSecond(second);
    return story
        .at(at, Kind.LATE)
        .filter(fault -> fault.target() == project)
        .findFirst()
        .orElse(null);
  }

  private static long count(Flow flow, long noise) {
    long drawn = noise >>> 1;
    return flow.each() == 0 ? drawn % 7 : drawn % flow.each() == 0 ? 1 : 0;
  }

  private long mixed(Stream stream, long second) {
    return mix(story.seed() * 31 + stream.hashCode() * 1_000_003L + mix(second));
  }

  /// Bits that look random, always the same for the same value.
  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /// Sets the time of what [#quantity] reports: the true one.
  void at(Instant trueTime) {
    now = trueTime;
  }

  @Override
  public long quantity(Stream stream, Instant from, Instant until, Instant sentrysNow) {
    return reported(drawn(stream), from, until.getEpochSecond(), now);
  }

  /// What Sentry reports at a time, from the start of an epoch to its end.
  long reported(Stream stream, Instant epoch, Instant at) {
    return reported(stream, epoch, story.epoch().end(epoch), at);
  }

  /// The same up to the end of a day in it.
  long reported(Stream stream, Instant epoch, Instant end, Instant at) {
    Instant clock = World.sentryClock(story, at);
    long until = Math.min(end.getEpochSecond(), clock.getEpochSecond());
    return reported(drawn(stream), epoch, until, at);
  }

  /// What Sentry knows at a time, from the start of an epoch on, without any fault but that some of
  /// it is late: it only grows.
  long known(Stream stream, Instant epoch, Instant at) {
    long until = Math.min(story.epoch().end(epoch).getEpochSecond(), at.getEpochSecond() + 1);
    return sum(drawn(stream), epoch, until, at.getEpochSecond() + 1);
  }

  private Drawn drawn(Stream stream) {
    Drawn found = drawn.get(stream);
    if (found == null) {
      throw new IllegalArgumentException("no stream " + stream);
    }
    return found;
  }

  private long reported(Drawn stream, Instant from, long until, Instant at) {
    long behind = story.at(at, Kind.LAG).mapToLong(Fault::number).max().orElse(0);
    long known = at.getEpochSecond() - behind;
    long sum = sum(stream, from, Math.min(until, known), known);
    for (Taken taken : stream.taken()) {
      if (taken.second() >= from.getEpochSecond() && taken.second() < Math.min(until, known)) {
        sum -= taken.count();
      }
    }
    long percent =
        story
            .at(at, Kind.DIP)
            .filter(fault -> fault.target() == stream.project())
            .mapToLong(Fault::number)
            .max()
            .orElse(0);
    return Math.max(0, sum - sum * percent / 100);
  }

  private long sum(Drawn stream, Instant from, long until, long known) {
    long begin = from.getEpochSecond();
    if (until <= begin) {
      return 0;
    }
    long sum = upTo(stream, until) - upTo(stream, begin);
    for (Late late : stream.late()) {
      if (late.second() >= begin && late.second() < until && late.arrival() <= known) {
        sum += late.count();
      }
    }
    return sum;
  }

  private long upTo(Drawn stream, long second) {
    long[] happened = stream.happened();
    return happened[Math.clamp(second - first, 0, happened.length - 1)];
  }

  /// The lowest that Sentry reports in a time, both ends included.
  long lowest(Stream stream, Instant epoch, Instant from, Instant until) {
    return extreme(from, until, at -> reported(stream, epoch, Instant.ofEpochSecond(at)), true);
  }

  /// The highest that Sentry reports in a time.
  long highest(Stream stream, Instant epoch, Instant from, Instant until) {
    return extreme(from, until, at -> reported(stream, epoch, Instant.ofEpochSecond(at)), false);
  }

  /// Between two changes of the faults what Sentry reports only grows.
  private long extreme(Instant from, Instant until, LongUnaryOperator value, boolean isLowest) {
    long begin = from.getEpochSecond();
    long end = Math.max(begin, until.getEpochSecond());
    var times =
        LongStream.concat(
            LongStream.of(begin, end),
            changes.stream().filter(at -> at > begin && at < end).mapToLong(at -> at));
    var values = times.map(value);
    return isLowest ? values.min().orElseThrow() : values.max().orElseThrow();
  }
}
