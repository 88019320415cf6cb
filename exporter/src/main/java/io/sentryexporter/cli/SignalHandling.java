package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps an exporter running until a signal ends it.
///
/// Java has only `sun.misc.Signal` for signals. It is used by reflection, because the compiler
/// warns of every direct use, and the warning cannot be suppressed.
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
    var signals = new SignalHandling();
    signals.onSignal("HUP", signals::reload);
    signals.onSignal("TERM", signals::stop);
    signals.onSignal("INT", signals::stop);
    return signals;
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

  /// Runs `action` on a thread of its own each time the process receives the signal, unless it was
  /// started so that it never does, as by nohup.
  private void onSignal(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object adapter =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, _) -> {
                if (!method.getName().equals("handle")) {
                  throw new UnsupportedOperationException(method.getName());
                }
                action.run();
                return null;
              });
      Object before =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), adapter);
      if (handler.getField("SIG_IGN").get(null).equals(before)) {
        ignored.add("SIG" + name);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no signals", e);
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
