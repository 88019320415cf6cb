package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Demo;
import io.sentryexporter.app.Options;
import io.sentryexporter.app.StartException;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.web.WebSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Starts the exporter and a simulated Sentry: to look at, to develop against and to measure on.
final class DemoCommand implements Callable<Integer> {
  /// The probe whose answer the welcome shows.
  private static final String EXAMPLE = "/probe?target=acme/web";

  private final CommandContext streams;

  private final OptionSpec sentryAddress =
      Flags.of(
          "--sentry.listen-address",
          String.class,
          "<address>",
          "127.0.0.1:9413",
          "Address of the simulated Sentry. Default: ${DEFAULT-VALUE}");
  private final OptionSpec seed =
      Flags.of(
          "--sentry.seed",
          long.class,
          "<number>",
          "1",
          "Seed of the simulated data; the same seed gives the same data. Default:"
              + " ${DEFAULT-VALUE}");
  private final OptionSpec latencyMillis =
      Flags.of(
          "--sentry.latency",
          int.class,
          "<milliseconds>",
          "0",
          "Latency of the simulated Sentry. Default: ${DEFAULT-VALUE}");
  private final OptionSpec projects =
      Flags.of(
          "--sentry.projects",
          int.class,
          "<number>",
          "0",
          "Number of projects of an additional organization \"big\": project-0001 and so on."
              + " Default: ${DEFAULT-VALUE}");
  private final ServingFlags flags = new ServingFlags();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  DemoCommand(CommandContext streams) {
    this.streams = streams;
    spec.name("demo");
    spec.usageMessage()
        .abbreviateSynopsis(true)
        .description(
            "Starts the exporter against a simulated Sentry on loopback; needs no account.")
        .sortOptions(false);
    List.of(sentryAddress, seed, latencyMillis, projects).forEach(spec::addOption);
    flags.addTo(spec);
    spec.addOption(Flags.help());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    Options options = flags.options("127.0.0.1:9412", true);
    var sentry =
        new Demo.SentryOptions(
            sentryAddress.getValue(),
            seed.getValue(),
            UsageException.unlessAtLeastZero("--sentry.projects", projects.getValue()),
            Duration.ofMillis(
                UsageException.unlessAtLeastZero("--sentry.latency", latencyMillis.getValue())));
    var running = SignalHandling.begin();
    try (var demo = Demo.start(sentry)) {
      return serve(demo, options, running);
    } catch (StartException e) {
      streams.complain("sentry_exporter: " + e.getMessage());
      return CommandLineInterface.FAILED;
    }
  }

  private int serve(Demo demo, Options options, SignalHandling running)
      throws InterruptedException {
    try (var app = App.start(options, demo::config, streams.environment(), streams.err())) {
      return show(demo, app, options.web(), running);
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private int show(Demo demo, App app, WebSettings web, SignalHandling running)
      throws InterruptedException {
    String exporter = "http://" + ListenAddress.of(app.addresses().getFirst()) + web.routePrefix();
    try (var visitor = new Visitor(exporter)) {
      streams.out().print(welcome(exporter, web.telemetryPath(), demo, visitor));
      streams.out().flush();
    }
    running.untilSignalled(app);
    return CommandLineInterface.OK;
  }

  private static String welcome(String exporter, String telemetryPath, Demo demo, Visitor visitor) {
    return """
    sentry_exporter demo: the exporter with a simulated Sentry. All data is invented.

      %1$s/                                    what is configured, a form, the last probes
      %1$s/probe?target=acme/web               a project: its events by outcome, sessions, issues
      %1$s/probe?target=acme                   the whole organization
      %1$s/probe?target=acme/web&module=legacy as the old exporters answer
      %1$s/probe?target=acme/web&module=slow&debug=true   a probe that fails, with its trace
      %1$s%4$s                             the exporter's own metrics
      %2$s/                                    the simulated Sentry

    A probe answers, here to curl -s '%1$s/probe?target=acme/web' | grep -e error -e success:

    %3$s
    Ctrl-C ends it.
    """
        .formatted(exporter, demo.url(), excerpt(visitor.get(EXAMPLE)), telemetryPath);
  }

  /// The lines of a page that contain a text, as by `grep`.
  private static String excerpt(String page) {
    return page.lines()
        .filter(line -> line.contains("error") || line.contains("success"))
        .collect(Collectors.joining("\n"))
        .indent(2);
  }
}
