package io.sentryexporter.web.server;

/// Answers one request. Called on the connection's own thread, so it may block.
@FunctionalInterface
public interface Handler {
  /// The answer to `request`. An exception is our bug: the client gets 500 without details.
  ///
  /// @throws InterruptedException if the thread is told to stop: the connection is closed
  ///   unanswered
  Response handle(Request request) throws InterruptedException;
}
