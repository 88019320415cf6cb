package io.sentryexporter.cli;

import io.sentryexporter.metrics.BuildInfo;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Prints what was built.
@Command(abbreviateSynopsis = true, name = "version", description = "Prints the version.")
@SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"}) // picocli sets the field
final class VersionCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private HelpFlag help = new HelpFlag();

  VersionCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    return print(BuildInfo.ofThisProgram(), streams.out());
  }

  static int print(BuildInfo build, PrintStream out) {
    out.println(
        "sentry_exporter, version "
            + build.version()
            + " (branch: "
            + build.branch()
            + ", revision: "
            + build.revision()
            + ")");
    out.println("  java version:     " + build.javaVersion());
    out.println(
        "  platform:         "
            + System.getProperty("os.name", "unknown").toLowerCase(java.util.Locale.ROOT)
            + "/"
            + System.getProperty("os.arch", "unknown"));
    return CommandLineInterface.OK;
  }
}
