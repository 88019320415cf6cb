package io.sentryexporter.probe;

/// A page for which there was no memory until the scrape's deadline. The message is for people.
public final class NoRoomException extends Exception {
  private static final long serialVersionUID = 1;

  NoRoomException(String message) {
    super(message);
  }
}
