package io.sentryexporter.cli;

import java.io.PrintStream;
import java.util.Map;

/// Where a command reads and writes.
record Streams(Map<String, String> environment, PrintStream out, PrintStream err) {}
