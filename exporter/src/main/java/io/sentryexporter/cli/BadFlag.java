package io.sentryexporter.cli;

/// A flag or argument has a bad value; the message names it and shows how to write it.
final class BadFlag extends Exception {
  private static final long serialVersionUID = 1L;

  BadFlag(String message) {
    super(message);
  }

  /// The value, if it is not negative.
  static int unlessAtLeastZero(String flag, int value) throws BadFlag {
    if (value < 0) {
      throw new BadFlag(flag + ": " + value + " is negative; write 0 or more");
    }
    return value;
  }
}
