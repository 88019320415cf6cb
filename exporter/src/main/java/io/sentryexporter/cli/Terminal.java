package io.sentryexporter.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Decides what of a terminal an output may use: colours, and a line that is written again.
final class Terminal {
  private static final String ERASE_LINE = "\r\u001b[K";

  private final Map<String, String> environment;
  private final PrintStream stream;

  Terminal(Map<String, String> environment, PrintStream stream) {
    this.environment = environment;
    this.stream = stream;
  }

  /// Whether somebody looks at it. Programs that write into files and pipes read every character.
  @SuppressWarnings("SystemConsoleNull") // that of java.base is null without a terminal
  boolean isWatched() {
    if (!stream.equals(System.out) && !stream.equals(System.err)) {
      return false;
    }
    try { // where each open file of a process is a link
      int descriptor = stream.equals(System.out) ? 1 : 2;
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return file.startsWith("/dev/pts") || file.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException _) {
      return System.console() != null && System.console().isTerminal();
    }
  }

  /// Whether colours are wanted: by a terminal, unless `NO_COLOR` is set, and by `CLICOLOR_FORCE`.
  boolean hasColours() {
    if (!variable("NO_COLOR").isEmpty()) {
      return false;
    }
    return !variable("CLICOLOR_FORCE").isEmpty()
        || (isWatched() && !variable("TERM").equals("dumb"));
  }

  /// Writes a line over the one before; nothing where nobody looks.
  void progress(String line) {
    if (isWatched()) {
      stream.print(ERASE_LINE + line);
      stream.flush();
    }
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
