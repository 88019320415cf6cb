package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Demo;
import io.sentryexporter.app.Options;
import io.sentryexporter.app.StartException;
import io.sentryexporter.web.WebSettings;
import io.sentryexporter.web.server.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Starts the exporter and a simulated Sentry: to look at, to develop against and to measure on.
@Command(
    abbreviateSynopsis = true,
    name = "demo",
    description = "Starts the exporter against a simulated Sentry on loopback; needs no account.",
    sortOptions = false)
@SuppressWarnings({"FieldCanBeFinal", "UnusedVariable"}) // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  /// What the welcome shows the answer of.
  private static final String EXAMPLE = "/probe?target=acme/web";

  private final Streams streams;

  @Option(
      names = "--sentry.listen-address",
      paramLabel = "<address>",
      defaultValue = "127.0.0.1:9413",
      description = "Address of the simulated Sentry. Default: ${DEFAULT-VALUE}")
  private String sentryAddress = "";

  @Option(
      names = "--sentry.seed",
      paramLabel = "<number>",
      defaultValue = "1",
      description = "The same seed gives the same figures. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--sentry.latency",
      paramLabel = "<milliseconds>",
      defaultValue = "0",
      description = "How long the simulated Sentry takes to answer. Default: ${DEFAULT-VALUE}")
  private int latencyMillis;

  @Option(
      names = "--sentry.keystore",
      paramLabel = "<file>",
      description =
          "PKCS #12 file, password \"changeit\", with which the simulated Sentry speaks"
              + " HTTPS.")
  private @Nullable Path keystore;

  @Option(
      names = "--sentry.projects",
      paramLabel = "<number>",
      defaultValue = "0",
      description =
          "Adds an organization \"big\" with so many projects: project-0001 and so on. Default:"
              + " ${DEFAULT-VALUE}")
  private int projects;

  @Option(names = "--sentry.only", description = "Start the simulated Sentry without the exporter.")
  private boolean sentryOnly;

  @Mixin private ServingFlags flags = new ServingFlags();

  @Mixin private HelpFlag help = new HelpFlag();

  DemoCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws InterruptedException, BadFlag {
    Options options = flags.options("127.0.0.1:9412", true);
    var sentry =
        new Demo.SentryOptions(
            sentryAddress,
            seed,
            BadFlag.unlessAtLeastZero("--sentry.projects", projects),
            Duration.ofMillis(BadFlag.unlessAtLeastZero("--sentry.latency", latencyMillis)),
            keystore);
    var running = Running.begin();
    try (var demo = Demo.start(sentry)) {
      if (sentryOnly) {
        streams.out().println("simulated Sentry on " + demo.url() + " until Ctrl-C");
        running.untilSignalled();
        return CommandLineInterface.OK;
      }
      return serve(demo, options, running);
    } catch (StartException e) {
      streams.err().println("sentry_exporter: " + e.getMessage());
      return CommandLineInterface.FAILED;
    }
  }

  private int serve(Demo demo, Options options, Running running) throws InterruptedException {
    try (var app = App.start(options, demo::config, streams.environment(), streams.err())) {
      return show(demo, app, options.web(), running);
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private int show(Demo demo, App app, WebSettings web, Running running)
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
    sentry_exporter demo: the exporter beside a simulated Sentry. Every figure is invented.

      %1$s/                                    what is configured, a form, the last probes
      %1$s/probe?target=acme/web               a project: its events by outcome, sessions, issues
      %1$s/probe?target=acme                   the whole organization
      %1$s/probe?target=acme/web&module=legacy as the old exporters answer
      %1$s/probe?target=acme/web&module=slow&debug=true   a probe that fails, with its trace
      %1$s%4$s                             the exporter's own figures
      %2$s/                                    the simulated Sentry

    A probe answers, here to curl -s '%1$s/probe?target=acme/web' | grep -e error -e success:

    %3$s
    Ctrl-C ends it.
    """
        .formatted(exporter, demo.url(), excerpt(visitor.get(EXAMPLE)), telemetryPath);
  }

  /// What `grep` leaves of a page.
  private static String excerpt(String page) {
    return page.lines()
        .filter(line -> line.contains("error") || line.contains("success"))
        .collect(Collectors.joining("\n"))
        .indent(2);
  }
}
