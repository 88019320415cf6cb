package io.sentryexporter.simulator.world;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which issues a project has at a time: up to two new ones a day, kept for [#KEPT_DAYS] days, and
/// three of each bad release.
public final class IssueBook {
  public static final int KEPT_DAYS = 30;
  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;
  private static final int PER_DAY = 2;
  private static final int[] OF_BAD_RELEASE = {20, 95, 310}; // seconds after it came out

  private static final List<String> TITLES =
      List.of(
          "TypeError: Cannot read properties of undefined (reading 'id')",
          "ConnectionError: connection to upstream was reset",
          "ValueError: amount must be positive",
          "TimeoutError: no answer within 5000 ms",
          "KeyError: 'customer'",
          "NullPointerException: order is null",
          "ChunkLoadError: Loading chunk 7 failed",
          "IntegrityError: duplicate key value violates unique constraint");

  private IssueBook() {}

  /// The issues of a project, as they stand at `now`.
  public static List<Issue> of(SimulatedProject project, long now) {
    if (project.flows().isEmpty()) {
      return List.of();
    }
    var issues = new ArrayList<Issue>();
    var since = now - KEPT_DAYS * DAY;
    for (var day = Math.floorDiv(since, DAY); day * DAY <= now; day++) {
      for (var slot = 0; slot < PER_DAY; slot++) {
        var noise = noise(project, day * PER_DAY + slot);
        var firstSeen = day * DAY + noise / 100 % DAY;
        if (noise % 100 < 40 && firstSeen > since && firstSeen <= now) {
          issues.add(ordinary(project, noise, firstSeen, now));
        }
      }
    }
    for (var release : project.releases().inUse(project, since, now)) {
      for (var i = 0; release.bad() && i < OF_BAD_RELEASE.length; i++) {
        var firstSeen = release.created() + OF_BAD_RELEASE[i];
        if (firstSeen > since && firstSeen <= now) {
          var noise = noise(project, firstSeen);
          issues.add(bad(project, noise, firstSeen, now, i == 0 ? "fatal" : "error"));
        }
      }
    }
    return issues;
  }

  /// How many issues were first seen in a release, of those that `now` are kept.
  public static long bornIn(Release release, long now) {
    return of(release.project(), now).stream()
        .filter(issue -> issue.firstSeen() >= release.created())
        .filter(issue -> issue.firstSeen() < release.replaced())
        .count();
  }

  private static long noise(SimulatedProject project, long place) {
    return Noise.mix(project.id() * 1_000_003 + place) >>> 1;
  }

  private static Issue ordinary(SimulatedProject project, long noise, long firstSeen, long now) {
    var fate = noise / 1_000 % 100;
    var over = firstSeen + DAY + noise / 7 % (9 * DAY); // when somebody deals with it
    var level =
        switch ((int) (noise / 11 % 10)) {
          case 0 -> "fatal";
          case 1, 2 -> "warning";
          case 3 -> "info";
          default -> "error";
        };
    if (fate < 30 && over <= now) {
      return issue(project, noise, level, false, firstSeen, over, "resolved", null);
    }
    var seen = Math.max(firstSeen, now - Math.floorMod(now + noise, 1 + noise % HOUR));
    return fate < 38 && over <= now
        ? issue(
            project, noise, level, false, firstSeen, seen, "ignored", "archived_until_escalating")
        : issue(
            project,
            noise,
            level,
            false,
            firstSeen,
            seen,
            "unresolved",
            substatus(noise, now - firstSeen, now));
  }

  private static String substatus(long noise, long age, long now) {
    if (noise % 7 == 0 && Math.floorMod(now / HOUR + noise, 12) < 4) {
      return "escalating";
    }
    if (noise % 11 == 0 && age > 3 * DAY) {
      return "regressed";
    }
    return age < 7 * DAY ? "new" : "ongoing";
  }

  private static Issue bad(
      SimulatedProject project, long noise, long firstSeen, long now, String level) {
    var resolved = firstSeen + 2 * DAY;
    if (resolved <= now) {
      return issue(project, noise, level, true, firstSeen, resolved, "resolved", null);
    }
    var substatus = now - firstSeen < Rhythm.SPIKE_SECONDS ? "escalating" : "new";
    var seen = Math.min(now, firstSeen + Rhythm.SPIKE_SECONDS);
    return issue(project, noise, level, true, firstSeen, seen, "unresolved", substatus);
  }

  private static Issue issue(
      SimulatedProject project,
      long noise,
      String level,
      boolean fromBadRelease,
      long firstSeen,
      long lastSeen,
      String status,
      @Nullable String substatus) {
    var title = TITLES.get((int) (noise / 13 % TITLES.size()));
    return new Issue(
        project, noise, title, level, fromBadRelease, firstSeen, lastSeen, status, substatus);
  }
}
