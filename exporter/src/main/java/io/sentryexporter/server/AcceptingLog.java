package io.sentryexporter.server;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/// Logs when a listener can no longer accept connections and when it can again: each at most once a
/// minute, since the two may alternate quickly while files run out.
final class AcceptingLog {
  private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final int port;
  private boolean failing; // as last logged
  private long nextFailing;
  private long nextAccepting;

  /// @param now on the scale of `System.nanoTime()`, as for the other methods
  AcceptingLog(Logger log, int port, long now) {
    this.log = log;
    this.port = port;
    this.nextFailing = now;
    this.nextAccepting = now;
  }

  void failed(String reason, long now) {
    if (!failing && now - nextFailing >= 0) {
      failing = true;
      nextFailing = now + PAUSE;
      log.atWarn()
          .addKeyValue("port", port)
          .addKeyValue("reason", reason)
          .log("cannot accept connections");
    }
  }

  void accepted(long now) {
    if (failing && now - nextAccepting >= 0) {
      failing = false;
      nextAccepting = now + PAUSE;
      log.atInfo().addKeyValue("port", port).log("accepting connections again");
    }
  }
}
