package io.sentryexporter.server;

/// Answers one request. Called on the connection's own thread, so it may block.
@FunctionalInterface
public interface Handler {
  /// Returns the answer to `request`. An exception is a bug in the exporter: the client gets 500
  /// without details.
  ///
  /// @throws InterruptedException if the thread is interrupted: the connection is closed without an
  ///   answer
  Response handle(Request request) throws InterruptedException;
}
