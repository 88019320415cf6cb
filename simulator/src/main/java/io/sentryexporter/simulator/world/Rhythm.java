package io.sentryexporter.simulator.world;

import java.time.LocalDate;

/// A stream that follows the day, the week and the noise of a seed, as a pure function of time.
///
/// A day's total comes first; it is split over hours by the daily rhythm, an hour over 10 s slots,
/// a slot over its seconds, always as differences of one cumulative count. So every resolution adds
/// up, and an open bucket only grows.
///
/// @param seed decides the noise
/// @param perDay events on an average weekday
/// @param zoneHours how far the rhythm is shifted: where the users live
record Rhythm(Kind kind, long seed, long perDay, Pattern pattern, int zoneHours) implements Flow {
  /// How a day's total follows from the average.
  enum Pattern {
    STEADY,
    /// Most of it is lost after the quota is used up, mid-month.
    CUT_BY_QUOTA,
    /// Nothing until the quota is used up, mid-month.
    OVER_QUOTA,
    /// Nothing but a spike of [#SPIKE_SECONDS] every [#SPIKE_EVERY_DAYS] days.
    BAD_RELEASE
  }

  static final int SPIKE_EVERY_DAYS = 9;
  static final int SPIKE_SECONDS = 3 * 3_600;
  static final int QUOTA_LASTS_DAYS = 15;

  private static final int DAY = 86_400;
  private static final int HOUR = 3_600;
  private static final int SLOT = 10;
  private static final int SLOTS = HOUR / SLOT;
  private static final int SCALE_BITS = 20; // marks are fractions of 2^20
  private static final int SCALE = 1 << SCALE_BITS;

  private static final int[] HOUR_WEIGHTS = {
    30, 24, 20, 18, 20, 26, 38, 55, 78, 95, 104, 108, 102, 106, 110, 108, 100, 88, 74, 62, 54, 48,
    42, 36
  };
  private static final int[] CUMULATIVE = cumulative(HOUR_WEIGHTS);
  private static final int[] WEEKDAY_PERCENT = {100, 104, 106, 103, 94, 48, 42}; // from Monday

  /// The second of a bad release's first day at which it comes out.
  static int badReleaseStart(int zoneHours) {
    return 14 * HOUR - zoneHours / 2 * HOUR;
  }

  @Override
  public long quantity(long from, long until) {
    return events(from, until) * kind.category().unit();
  }

  /// Number of events from `from` inclusive to `until` exclusive (epoch seconds).
  long events(long from, long until) {
    if (until <= from || perDay == 0) {
      return 0;
    }
    var firstDay = Math.floorDiv(from, DAY);
    var lastDay = Math.floorDiv(until, DAY);
    var events =
        upTo(lastDay, Math.floorMod(until, DAY)) - upTo(firstDay, Math.floorMod(from, DAY));
    for (var day = firstDay; day < lastDay; day++) {
      events += onDay(day);
    }
    return events;
  }

  private long onDay(long day) {
    return switch (pattern) {
      case STEADY -> average(day);
      case CUT_BY_QUOTA -> quotaUsedUp(day) ? average(day) * 2 / 5 : average(day);
      case OVER_QUOTA -> quotaUsedUp(day) ? average(day) : 0;
      case BAD_RELEASE -> hasBadRelease(day) ? average(day) : 0;
    };
  }

  private long average(long day) {
    var weekday = Math.floorMod(day + 3, 7); // 1970-01-01 was a Thursday
    var noise = 750 + noise(day, 0, 0) % 500;
    return perDay * WEEKDAY_PERCENT[weekday] * noise / 100_000;
  }

  private static boolean quotaUsedUp(long day) {
    return LocalDate.ofEpochDay(day).getDayOfMonth() > QUOTA_LASTS_DAYS;
  }

  private boolean hasBadRelease(long day) {
    return Math.floorMod(day + zoneHours, SPIKE_EVERY_DAYS) == 0;
  }

  /// Events of the day before `second`.
  private long upTo(long day, int second) {
    if (second == 0) {
      return 0;
    }
    var total = onDay(day);
    if (pattern == Pattern.BAD_RELEASE) {
      var start = badReleaseStart(zoneHours);
      return total * Math.clamp(second - start, 0, SPIKE_SECONDS) / SPIKE_SECONDS;
    }
    var hour = second / HOUR;
    var before = (total * hourMark(day, hour)) >> SCALE_BITS;
    var inHour = second % HOUR;
    if (inHour == 0) {
      return before;
    }
    var after = (total * hourMark(day, hour + 1)) >> SCALE_BITS;
    return before + upTo(after - before, day, hour, inHour);
  }

  /// Of `total` events of an hour, those before `second`.
  private long upTo(long total, long day, int hour, int second) {
    var slot = second / SLOT;
    var before = (total * slotMark(day, hour, slot)) >> SCALE_BITS;
    if (second % SLOT == 0) {
      return before;
    }
    var after = (total * slotMark(day, hour, slot + 1)) >> SCALE_BITS;
    return before + (after - before) * (second % SLOT) / SLOT;
  }

  /// Part of a day that lies before the hour, blurred by less than half an hour's share.
  private int hourMark(long day, int hour) {
    if (hour == 0 || hour == 24) {
      return hour == 0 ? 0 : SCALE;
    }
    var share = rhythm(hour + 1) - rhythm(hour);
    return (int) (rhythm(hour) + share * (noise(day, hour, 0) % 450) / 1_000);
  }

  /// Part of a day's average rhythm before the hour, in the users' zone.
  private long rhythm(int hour) {
    var shifted = hour + zoneHours;
    var cumulative = CUMULATIVE[shifted % 24] + shifted / 24 * (long) CUMULATIVE[24];
    return (cumulative - CUMULATIVE[zoneHours]) * SCALE / CUMULATIVE[24];
  }

  private static int[] cumulative(int[] weights) {
    var sums = new int[weights.length + 1];
    for (var i = 0; i < weights.length; i++) {
      sums[i + 1] = sums[i] + weights[i];
    }
    return sums;
  }

  /// Part of an hour that lies before the 10 s slot, blurred by less than a slot.
  private long slotMark(long day, int hour, int slot) {
    if (slot == 0 || slot == SLOTS) {
      return slot == 0 ? 0 : SCALE;
    }
    return ((long) slot * SCALE + noise(day, hour, slot) % SCALE) / SLOTS;
  }

  /// A number that looks random, never negative, always the same for the same place in time.
  private long noise(long day, int hour, int slot) {
    return Noise.mix(seed + day * 1_000_003 + hour * 8_191L + slot * 131_071L) >>> 1;
  }
}
