package io.sentryexporter.cli;

/// A flag or argument has a bad value; the message names it and shows how to write it.
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
