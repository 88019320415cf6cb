package io.sentryexporter.cli;

import java.io.PrintStream;
import java.util.Map;

/// Where a command reads and writes.
record Streams(Map<String, String> environment, PrintStream out, PrintStream err) {
  /// Without the environment, which may hold the token.
  @Override
  public String toString() {
    return "Streams";
  }
}
