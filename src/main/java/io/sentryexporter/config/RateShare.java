package io.sentryexporter.config;

import io.sentryexporter.yaml.Place;
import io.sentryexporter.yaml.Quoted;
import org.jspecify.annotations.Nullable;

/// The key `share` of `rate_limit`: a number above 0 and at most 1.
final class RateShare {
  static final double HALF = 0.5;

  private RateShare() {}

  static @Nullable Double read(String text, Place place) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    place.error(Quoted.of(text) + " is not a ratio; write a number above 0 and at most 1");
    return null;
  }
}
