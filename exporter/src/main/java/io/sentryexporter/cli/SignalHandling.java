package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps an exporter running until a signal ends it.
///
/// Signals are caught before the exporter starts, because a client that sees it listen may send
/// one: SIGHUP reloads once it runs; SIGTERM and SIGINT end it, the second of them at once.
final class SignalHandling {
  private static final Logger log = LoggerFactory.getLogger(SignalHandling.class);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<String> ignored = new ArrayList<>();
  private @Nullable App app;
  private boolean reloadLater;

  /// Made by [#begin()]; by itself only for tests, which send no signals.
  SignalHandling() {}

  /// Catches signals from now on.
  static SignalHandling begin() {
    var running = new SignalHandling();
    running.onSignal("HUP", running::reload);
    running.onSignal("TERM", running::stop);
    running.onSignal("INT", running::stop);
    return running;
  }

  /// Returns after SIGTERM or SIGINT, when the requests under way have ended.
  void untilSignalled(App started) throws InterruptedException {
    runs(started);
    untilSignalled();
    started.drain();
  }

  /// Returns after SIGTERM or SIGINT.
  void untilSignalled() throws InterruptedException {
    stop.await();
  }

  private void onSignal(String name, Runnable action) {
    if (!Signals.handle(name, action)) {
      ignored.add("SIG" + name);
    }
  }

  private synchronized void runs(App started) {
    app = started;
    ignored.forEach(signal ->
        log.atInfo()
            .addKeyValue("signal", signal)
            .log("signal ignored, as the process was started to ignore it"));
    if (reloadLater) {
      started.reload();
    }
  }

  synchronized void reload() {
    if (app == null) {
      reloadLater = true;
    } else {
      app.reload();
    }
  }

  void stop() {
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(CommandLineInterface.FAILED);
    }
    stop.countDown();
  }
}
