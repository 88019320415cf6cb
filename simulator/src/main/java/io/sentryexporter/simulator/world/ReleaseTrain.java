package io.sentryexporter.simulator.world;

import java.util.ArrayList;
import java.util.List;

/// When a project's versions come out: one every three days, as a pure function of time.
///
/// Where bad releases are, every third version is one; its correction follows when its spike ends.
///
/// @param offset seconds by which this train is late, so that not all projects release at once
public record ReleaseTrain(int zoneHours, long offset, boolean hasBadReleases) {
  private static final long DAY = 86_400;
  private static final long CYCLE = Rhythm.SPIKE_EVERY_DAYS * DAY;
  private static final long STEP = CYCLE / 3;

  static ReleaseTrain of(long seed, int zoneHours, boolean hasBadReleases) {
    var offset = hasBadReleases ? 0 : (Noise.of(seed, "releases") >>> 1) % STEP;
    return new ReleaseTrain(zoneHours, offset, hasBadReleases);
  }

  /// The releases in use at any time from `from` to `until`, the oldest first.
  public List<Release> inUse(SimulatedProject project, long from, long until) {
    var releases = new ArrayList<Release>();
    for (var cycle = cycle(from); cycle <= cycle(until); cycle++) {
      for (var release : ofCycle(project, cycle)) {
        if (release.created() < until && release.replaced() > from) {
          releases.add(release);
        }
      }
    }
    return releases;
  }

  private long cycle(long time) {
    return Math.floorDiv(time - start(0), CYCLE);
  }

  private long start(long cycle) {
    var day = cycle * Rhythm.SPIKE_EVERY_DAYS - zoneHours;
    return day * DAY + Rhythm.badReleaseStart(zoneHours) + offset;
  }

  private List<Release> ofCycle(SimulatedProject project, long cycle) {
    var releases = new ArrayList<Release>(4);
    var start = start(cycle);
    var name = project.slug() + "@" + cycle + ".";
    if (hasBadReleases) {
      var corrected = start + Rhythm.SPIKE_SECONDS;
      releases.add(new Release(project, name + "0.0", start, corrected, true));
      releases.add(new Release(project, name + "0.1", corrected, start + STEP, false));
    } else {
      releases.add(new Release(project, name + "0.0", start, start + STEP, false));
    }
    for (var i = 1; i < 3; i++) {
      var created = start + i * STEP;
      releases.add(new Release(project, name + i + ".0", created, created + STEP, false));
    }
    return releases;
  }
}
