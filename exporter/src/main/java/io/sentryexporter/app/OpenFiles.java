package io.sentryexporter.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Divides the file descriptors that the process may still open, including connections. Otherwise
/// clients could take those that probes need to reach Sentry.
///
/// Half are for clients, a sixth for each of the two HTTP clients of Sentry, and a sixth for the
/// rest: marks, tokens, name lookups.
///
/// @param left number of descriptors left at the start
record OpenFiles(int left) {
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +([0-9]{1,9}) ");
  private static final int FEWEST = 4;

  /// No limit, where the system does not report one.
  static OpenFiles ofThisProcess() {
    return of(Path.of("/proc/self"));
  }

  /// @param process its folder in `/proc`
  static OpenFiles of(Path process) {
    try (var open = Files.list(process.resolve("fd"))) {
      var limit = LIMIT.matcher(Files.readString(process.resolve("limits")));
      return limit.find()
          ? new OpenFiles(Integer.parseInt(limit.group(1)) - (int) open.count())
          : new OpenFiles(Integer.MAX_VALUE);
    } catch (IOException _) {
      return new OpenFiles(Integer.MAX_VALUE);
    }
  }

  /// Maximum number of client connections for one of this number of addresses.
  int forClients(int addresses) {
    return Math.max(FEWEST, left / 2 / Math.max(1, addresses));
  }

  /// Maximum number of connections of one of the two HTTP clients of Sentry.
  int forCaller() {
    return Math.max(FEWEST, left / 6);
  }
}
