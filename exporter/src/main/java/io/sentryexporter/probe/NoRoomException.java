package io.sentryexporter.probe;

/// No memory became free for a page before the scrape's deadline. The message is for people.
public final class NoRoomException extends Exception {
  private static final long serialVersionUID = 1;

  NoRoomException(String message) {
    super(message);
  }
}
