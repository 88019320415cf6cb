package io.sentryexporter.yaml;

import io.sentryexporter.text.Quoted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Lengths of time as Go's `time.ParseDuration` has them: `5s`, `1h30m`, `500ms`, `1.5s`, `0`.
public final class DurationText {
  /// Nanoseconds of each unit, the longest first.
  private static final Map<String, Long> UNITS = units();

  private static final String NUMBER = "([0-9]+\\.?[0-9]*|\\.[0-9]+)";
  private static final Pattern PART = Pattern.compile(NUMBER + "(ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|(" + PART.pattern() + ")+)");

  private static final String EXAMPLES = "; write 5s or 1m30s";
  private static final int LONGEST = 64;
  private static final BigInteger MOST_NANOS = BigInteger.valueOf(Long.MAX_VALUE);

  private DurationText() {}

  private static Map<String, Long> units() {
    var units = new LinkedHashMap<String, Long>();
    units.put("h", 3_600_000_000_000L);
    units.put("m", 60_000_000_000L);
    units.put("s", 1_000_000_000L);
    units.put("ms", 1_000_000L);
    units.put("us", 1_000L);
    units.put("µs", 1_000L); // micro sign
    units.put("μs", 1_000L); // Greek mu
    units.put("ns", 1L);
    return units;
  }

  /// Absent if it is not in the notation, or over 292 years, which Go cannot hold either.
  public static Optional<Duration> parse(String text) {
    if (text.length() > LONGEST || !WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    var nanos = BigInteger.ZERO;
    for (var part = PART.matcher(text); part.find(); ) {
      var unit = BigDecimal.valueOf(UNITS.getOrDefault(part.group(2), 0L));
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit).toBigInteger());
    }
    if (nanos.compareTo(MOST_NANOS) > 0) {
      return Optional.empty();
    }
    var duration = Duration.ofNanos(nanos.longValueExact());
    return Optional.of(text.startsWith("-") ? duration.negated() : duration);
  }

  /// The shortest text for it, such as `1h30m`, `1s500ms` or `0s`.
  public static String of(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    var text = new StringBuilder(duration.isNegative() ? "-" : "");
    var rest = duration.abs().toNanos();
    for (var unit : UNITS.entrySet()) {
      var count = rest / unit.getValue();
      if (count > 0) {
        text.append(count).append(unit.getKey());
        rest -= count * unit.getValue();
      }
    }
    return text.toString();
  }

  static @Nullable Duration read(String text, Location location) {
    var duration = parse(text);
    if (duration.isEmpty()) {
      location.error(complaint(text));
    }
    return duration.orElse(null);
  }

  private static String complaint(String text) {
    if (text.matches("[0-9]{1,6}")) {
      return Quoted.of(text) + " has no unit; write " + text + "s";
    }
    if (text.matches("[0-9]{1,4}d")) {
      var days = Integer.parseInt(text.substring(0, text.length() - 1));
      return Quoted.of(text) + " is in days, which is no unit here; write " + days * 24 + "h";
    }
    var isTooLong = text.length() <= LONGEST && WHOLE.matcher(text).matches();
    return Quoted.of(text) + (isTooLong ? " is over 292 years" : " is not a duration") + EXAMPLES;
  }
}
