package io.sentryexporter.cli;

import io.sentryexporter.text.TokenShape;
import java.io.PrintStream;
import java.util.Map;

/// Where a command reads and writes.
record CommandContext(Map<String, String> environment, PrintStream out, PrintStream err) {
  /// Reports what is wrong with the command line, without what may be a token in the wrong place.
  void complain(String message) {
    err.println(TokenShape.hiddenIn(message));
  }

  /// Without the environment, which may hold the token.
  @Override
  public String toString() {
    return "CommandContext";
  }
}
