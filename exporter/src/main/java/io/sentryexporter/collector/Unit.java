package io.sentryexporter.collector;

/// The unit of a quantity. It depends on the category, and no family mixes two units.
enum Unit {
  /// The item that the category is named for: errors, transactions, spans, replays, …
  EVENTS(1),
  BYTES(1),
  /// Sentry counts them in milliseconds.
  SECONDS(1_000);

  private final int perUnit;

  Unit(int perUnit) {
    this.perUnit = perUnit;
  }

  /// The unit of a category, known or new, derived from its name.
  static Unit of(String category) {
    if (category.equals("attachment") || category.endsWith("_byte")) {
      return BYTES;
    }
    return category.startsWith("profile_duration") ? SECONDS : EVENTS;
  }

  /// Converts a quantity from Sentry's unit.
  double in(long quantity) {
    return (double) quantity / perUnit;
  }
}
