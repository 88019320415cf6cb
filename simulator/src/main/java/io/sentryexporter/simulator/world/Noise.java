package io.sentryexporter.simulator.world;

/// Numbers that look random and follow from what they are drawn for.
public final class Noise {
  private Noise() {}

  /// The finalizer of SplitMix64: every bit of the answer depends on every bit of `value`.
  public static long mix(long value) {
    var z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// A seed for `name` below `seed`.
  public static long of(long seed, String name) {
    var mixed = seed;
    for (var i = 0; i < name.length(); i++) {
      mixed = mix(mixed ^ name.charAt(i));
    }
    return mix(mixed);
  }
}
