package io.sentryexporter.cli;

import io.sentryexporter.metrics.BuildInfo;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/// Prints the version and build information.
final class VersionCommand implements Callable<Integer> {
  private final CommandContext streams;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  VersionCommand(CommandContext streams) {
    this.streams = streams;
    spec.name("version");
    spec.usageMessage().abbreviateSynopsis(true).description("Prints the version.");
    spec.addOption(Flags.help());
  }

  CommandSpec spec() {
    return spec;
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
