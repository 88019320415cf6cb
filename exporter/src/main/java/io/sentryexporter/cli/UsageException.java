package io.sentryexporter.cli;

/// A flag or argument has a bad value; the message names it and shows how to write it.
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  /// The value, if it is not negative.
  static int unlessAtLeastZero(String flag, int value) throws UsageException {
    if (value < 0) {
      throw new UsageException(flag + ": " + value + " is negative; write 0 or more");
    }
    return value;
  }
}
