package io.sentryexporter.app;

import java.lang.reflect.Proxy;

/// Signals of the operating system.
///
/// Java has only `sun.misc.Signal` for them. It is used by reflection, because the compiler warns
/// of every direct use, and the warning cannot be suppressed.
public final class Signals {
  private Signals() {}

  /// Runs `action` on a thread of its own each time the process receives the signal.
  ///
  /// @param name without `SIG`: `HUP`, `TERM`
  /// @return false if the process was started so that it never receives the signal, as by nohup
  public static boolean handle(String name, Runnable action) {
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
      return !handler.getField("SIG_IGN").get(null).equals(before);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no signals", e);
    }
  }
}
