package io.sentryexporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// A port for a program that cannot take any free one.
public final class FreePort {
  private static final int FIRST = 10_000;

  /// Linux's `net.ipv4.ip_local_port_range` begins at 32768.
  private static final int LAST = 32_768;

  private static final Set<Integer> FOUND = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /// A port of loopback that nobody listens on. It is below those that systems give to clients and
  /// to programs that take any: none of them can take it before the program does. No two calls
  /// return the same.
  public static int find() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (FOUND.add(port)) {
          return port;
        }
      } catch (BindException _) {
        // taken; another one is free
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
