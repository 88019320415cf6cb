package io.sentryexporter.cli;

import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.metrics.ExporterMetrics.BuildInfo;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/// Prints the version and build information.
final class VersionCommand implements Callable<Integer> {
  private final CommandContext context;

  VersionCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return new Flags().command("version", "Prints the version.", this);
  }

  @Override
  public Integer call() {
    return print(BuildInfo.ofThisProgram(), context.out());
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
