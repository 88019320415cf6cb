package io.sentryexporter.simulation;

import io.sentryexporter.sentry.model.Counting.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One run of the simulation: what there is, and what goes wrong when. Immutable, drawn from a
/// seed, and written as one line of text from which it can be read again.
///
/// @param seed of everything that is drawn while it runs: events, answers, who goes on
/// @param start the first scrapes are made then
/// @param projects number of projects at the start
/// @param interval between two scrapes of a scraper
/// @param timeout of a scrape
/// @param refresh the collectors' `refresh_interval`
/// @param sessions whether the module has the collector of sessions as well
/// @param limit requests a second that Sentry advertises and enforces
/// @param faults in the order of their beginnings
record Story(
    long seed,
    Instant start,
    Duration length,
    int exporters,
    int scrapers,
    int projects,
    Duration interval,
    Duration timeout,
    Duration refresh,
    Duration maxStale,
    Epoch epoch,
    boolean sessions,
    int limit,
    List<Fault> faults) {
  static final String ORGANIZATION = "acme";

  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?");

  Story {
    faults = faults.stream().sorted(Comparator.comparing(Fault::from)).toList();
    if (exporters < 1 || scrapers < 1 || projects < 1 || limit < 1 || length.isNegative()) {
      throw new IllegalArgumentException("a story without an exporter, a scraper or a project");
    }
  }

  /// Something that goes wrong for a while.
  ///
  /// @param from since the start of the story
  /// @param until exclusive; for what happens once, the end of its consequences or the same
  /// @param number `N` of the kind
  /// @param target the project, exporter or scraper that it concerns
  record Fault(Kind kind, Duration from, Duration until, long number, int target) {
    Fault {
      if (from.isNegative() || until.compareTo(from) < 0) {
        throw new IllegalArgumentException(kind + " from " + from + " until " + until);
      }
    }

    boolean isAt(Duration since) {
      return since.compareTo(from) >= 0 && since.compareTo(until) < 0;
    }

    @Override
    public String toString() {
      return "%s@%s+%s*%d#%d"
          .formatted(kind.label(), text(from), text(until.minus(from)), number, target);
    }

    static Fault parse(String text) {
      var parts = text.split("[@+*#]", -1);
      if (parts.length != 5) {
        throw new IllegalArgumentException(
            "\"" + text + "\" is no fault; write kind@from+for*number#target");
      }
      Duration from = duration(parts[1]);
      return new Fault(
          Kind.valueOf(parts[0].toUpperCase(Locale.ROOT)),
          from,
          from.plus(duration(parts[2])),
          Long.parseLong(parts[3]),
          Integer.parseInt(parts[4]));
    }

    /// For a person: `10m to 15m: answers are 90 s old`.
    String words() {
      var when = until.equals(from) ? text(from) : text(from) + " to " + text(until);
      return when + ": " + kind.words.replace("N", "" + number).replace("T", "" + target);
    }
  }

  /// What can go wrong. In the words, `N` is the number and `T` the target of a fault.
  enum Kind {
    LAG("answers of Sentry are N s old"),
    DIP("sums of project T are N % too low"),
    CORRECTION("Sentry takes N % of the counts of project T back, for good"),
    LATE("three of ten events of project T become known up to N s late"),
    MISSING("statistics leave project T out"),
    TOO_MANY("429 with a wait of N s"),
    TOO_MANY_BARE("429 without a word on how long"),
    SERVER_ERROR("status N"),
    GARBAGE("the body of an answer is cut, with a length that fits"),
    CLOSED("connections are closed within the answer"),
    HANG("no answer comes"),
    SLOW("answers take N ms more"),
    PROXY_404("a proxy's page with status 404"),
    FORGETS_404("Sentry's own 404 for statistics"),
    SHORT_LIST("the list of projects leaves project T out"),
    SENTRY_CLOCK("Sentry's clock is N s ahead"),
    EXPORTER_CLOCK("the clock of exporter T is N s ahead"),
    RENAME("project T has a new slug"),
    SWAP("projects 0 and T swap their slugs"),
    DELETE("project T is deleted"),
    CREATE("one more project is created"),
    CRASH("exporter T is down; its storage stays"),
    CRASH_WITHOUT_STORAGE("exporter T is down; its storage is lost"),
    RELOAD("exporter T reads the same configuration again"),
    RELOAD_INSTANCE("exporter T reads a configuration with another instance"),
    REPLICA("scraper T scrapes exporter N");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The story of a seed.
  static Story of(long seed) {
    return StoryDraw.of(seed);
  }

  Instant end() {
    return start.plus(length);
  }

  /// The faults of a kind that are under way.
  Stream<Fault> at(Instant now, Kind kind) {
    Duration since = Duration.between(start, now);
    return faults.stream().filter(fault -> fault.kind() == kind && fault.isAt(since));
  }

  /// The time of the beginning of a fault.
  Instant from(Fault fault) {
    return start.plus(fault.from());
  }

  Instant until(Fault fault) {
    return start.plus(fault.until());
  }

  /// The target of a scraper: the organization, or for every other scraper its first project.
  String target(int scraper) {
    return scraper % 2 == 0 ? ORGANIZATION : ORGANIZATION + "/" + World.slug(0);
  }

  /// The exporter that a scraper scrapes.
  int exporter(int scraper, Instant now) {
    return at(now, Kind.REPLICA)
        .filter(fault -> fault.target() == scraper)
        .map(fault -> (int) (fault.number() % exporters))
        .reduce(scraper % exporters, (_, last) -> last);
  }

  /// Stories that have less of everything, the most daring first. One that still fails replaces
  /// this one.
  List<Story> shorter() {
    var shorter = new ArrayList<Story>();
    for (int size = faults.size(); size > 0; size /= 2) {
      for (int from = 0; from < faults.size(); from += size) {
        var rest = new ArrayList<>(faults);
        rest.subList(from, Math.min(faults.size(), from + size)).clear();
        shorter.add(with(length, exporters, scrapers, projects, rest));
      }
    }
    for (Duration other : List.of(length.dividedBy(2), length.minus(length.dividedBy(4)))) {
      Duration whole = Duration.ofSeconds(other.toSeconds());
      if (whole.compareTo(interval) > 0) {
        shorter.add(with(whole, exporters, scrapers, projects, faults));
      }
    }
    if (exporters > 1) {
      shorter.add(with(length, exporters - 1, scrapers, projects, faults));
    }
    if (scrapers > 1) {
      shorter.add(with(length, exporters, scrapers - 1, projects, faults));
    }
    if (projects > 1) {
      shorter.add(with(length, exporters, scrapers, projects - 1, faults));
    }
    if (sessions) {
      shorter.add(
          new Story(
              seed, start, length, exporters, scrapers, projects, interval, timeout, refresh,
              maxStale, epoch, false, limit, faults));
    }
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      Duration half = Duration.ofSeconds(fault.until().minus(fault.from()).toSeconds() / 2);
      if (half.toSeconds() >= 10) {
        var changed = new ArrayList<>(faults);
        Duration until = fault.from().plus(half);
        changed.set(
            i, new Fault(fault.kind(), fault.from(), until, fault.number(), fault.target()));
        shorter.add(with(length, exporters, scrapers, projects, changed));
      }
    }
    return shorter;
  }

  private Story with(
      Duration newLength,
      int newExporters,
      int newScrapers,
      int newProjects,
      List<Fault> newFaults) {
    return new Story(
        seed,
        start,
        newLength,
        newExporters,
        newScrapers,
        newProjects,
        interval,
        timeout,
        refresh,
        maxStale,
        epoch,
        sessions,
        limit,
        newFaults);
  }

  /// One line, which [#parse] reads.
  @Override
  public String toString() {
    return "seed=%d start=%s length=%s exporters=%d scrapers=%d projects=%d interval=%s timeout=%s"
            .formatted(
                seed,
                start,
                text(length),
                exporters,
                scrapers,
                projects,
                text(interval),
                text(timeout))
        + " refresh=%s max_stale=%s epoch=%s sessions=%b limit=%d faults=%s"
            .formatted(
                text(refresh),
                text(maxStale),
                epoch.label(),
                sessions,
                limit,
                faults.stream().map(Fault::toString).collect(Collectors.joining(",")));
  }

  /// Lines for a person.
  String words() {
    var head =
        "%s for %s: %d exporters, %d scrapers each %s, %d projects, counters since the %s"
            .formatted(
                start, text(length), exporters, scrapers, text(interval), projects, epoch.label());
    return Stream.concat(Stream.of(head), faults.stream().map(fault -> "  " + fault.words()))
        .collect(Collectors.joining("\n"));
  }

  /// Reads what [#toString] has written.
  ///
  /// @throws IllegalArgumentException if it is no story
  static Story parse(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String field : text.strip().split("\\s+", -1)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("\"" + field + "\" is no part of a story");
      }
      fields.put(field.substring(0, equals), field.substring(equals + 1));
    }
    String faults = field(fields, "faults");
    return new Story(
        Long.parseLong(field(fields, "seed")),
        Instant.parse(field(fields, "start")),
        duration(field(fields, "length")),
        Integer.parseInt(field(fields, "exporters")),
        Integer.parseInt(field(fields, "scrapers")),
        Integer.parseInt(field(fields, "projects")),
        duration(field(fields, "interval")),
        duration(field(fields, "timeout")),
        duration(field(fields, "refresh")),
        duration(field(fields, "max_stale")),
        Epoch.valueOf(field(fields, "epoch").toUpperCase(Locale.ROOT)),
        Boolean.parseBoolean(field(fields, "sessions")),
        Integer.parseInt(field(fields, "limit")),
        faults.isEmpty() ? List.of() : Stream.of(faults.split(",", -1)).map(Fault::parse).toList());
  }

  private static String field(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the story has no " + name);
    }
    return value;
  }

  /// `1d2h3m4s`, in whole seconds.
  static String text(Duration duration) {
    var text =
        Stream.of(
                part(duration.toDaysPart(), "d"),
                part(duration.toHoursPart(), "h"),
                part(duration.toMinutesPart(), "m"),
                part(duration.toSecondsPart(), "s"))
            .collect(Collectors.joining());
    return text.isEmpty() ? "0s" : text;
  }

  private static String part(long number, String unit) {
    return number == 0 ? "" : number + unit;
  }

  private static Duration duration(String text) {
    var matcher = DURATION.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is no duration; write 1h30m");
    }
    var seconds = new int[] {86_400, 3_600, 60, 1};
    return Duration.ofSeconds(
        IntStream.range(0, 4)
            .filter(i -> matcher.group(i + 1) != null)
            .mapToLong(i -> Long.parseLong(matcher.group(i + 1)) * seconds[i])
            .sum());
  }
}
