package io.sentryexporter.sentry.model;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Quantities as they are put together from one answer or several.
public final class SumsBuilder {
  private final Map<Long, Map<Kind, Long>> byProject = new HashMap<>();

  /// One object for each kind: a large organization has some thirty, in thousands of projects.
  private final Map<Kind, Kind> kinds = new HashMap<>();

  private final Set<Sums.Series> unknown = new HashSet<>();

  /// A series that the answer has without a value that makes sense.
  public void addUnknown(long project, Kind kind) {
    unknown.add(new Sums.Series(project, kind));
  }

  /// Adds to what is there; null for a value that makes no sense.
  public void add(long project, Kind kind, @Nullable Long quantity)
      throws SentryException.Malformed {
    if (quantity == null) {
      addUnknown(project, kind);
    } else {
      add(project, kind, quantity.longValue());
    }
  }

  /// Adds to what is there.
  public void add(long project, Kind kind, long quantity) throws SentryException.Malformed {
    Map<Kind, Long> quantities = byProject.computeIfAbsent(project, _ -> new HashMap<>());
    Kind shared = kinds.computeIfAbsent(kind, each -> each);
    quantities.put(shared, added(quantities.getOrDefault(shared, 0L), quantity));
  }

  /// The sum of two quantities, unless it is beyond 64 bits.
  public static long added(long one, long other) throws SentryException.Malformed {
    try {
      return Math.addExact(one, other);
    } catch (ArithmeticException _) {
      throw new SentryException.Malformed("quantities add up to more than 2^63", 200, 0);
    }
  }

  public Sums build(Instant start, Instant end) {
    return build(start, end, Sums.Coverage.EVERYTHING);
  }

  public Sums build(Instant start, Instant end, Sums.Coverage coverage) {
    return new Sums(
        start,
        end,
        byProject.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> Map.copyOf(entry.getValue()))),
        unknown,
        coverage);
  }
}
