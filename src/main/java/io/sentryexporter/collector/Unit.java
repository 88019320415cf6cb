package io.sentryexporter.collector;

/// What a quantity of Sentry's is counted in. It depends on the category, and no family mixes two.
enum Unit {
  /// Whatever the category is named for: errors, transactions, spans, replays, …
  EVENTS(1),
  BYTES(1),
  /// Sentry counts them in milliseconds.
  SECONDS(1_000);

  private final int perUnit;

  Unit(int perUnit) {
    this.perUnit = perUnit;
  }

  /// The unit of a category, also of a new one, as far as its name tells.
  static Unit of(String category) {
    if (category.equals("attachment") || category.endsWith("_byte")) {
      return BYTES;
    }
    return category.startsWith("profile_duration") ? SECONDS : EVENTS;
  }

  /// A quantity as Sentry counts it, in this unit.
  double in(long quantity) {
    return (double) quantity / perUnit;
  }
}
