package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.Demo;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.web.WebSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// Starts the exporter and a simulated Sentry: to look at, to develop against and to measure on.
final class DemoCommand implements Callable<Integer> {
  /// The variable with which an image makes the demo reachable from outside its container.
  private static final String ADDRESS = "SENTRY_EXPORTER_DEMO_ADDRESS";

  /// The probe whose answer the welcome shows.
  private static final String EXAMPLE = "/probe?target=acme/web";

  /// Maximum time to wait for the answer to it.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<String> sentryAddress =
      flags.text(
          "--sentry.listen-address",
          "<address>",
          "127.0.0.1:9413",
          "Address of the simulated Sentry. Default: ${DEFAULT-VALUE}");
  private final Flag<Long> seed =
      flags.wholeNumber(
          "--sentry.seed",
          "<number>",
          "1",
          "Seed of the simulated data; the same seed gives the same data. Default:"
              + " ${DEFAULT-VALUE}");
  private final Flag<Integer> latencyMillis =
      flags.count(
          "--sentry.latency",
          "<milliseconds>",
          "0",
          "Latency of the simulated Sentry. Default: ${DEFAULT-VALUE}");
  private final Flag<Integer> projects =
      flags.count(
          "--sentry.projects",
          "<number>",
          "0",
          "Number of projects of an additional organization \"big\": project-0001 and so on."
              + " Default: ${DEFAULT-VALUE}");
  private final ServingFlags serving = ServingFlags.in(flags);

  DemoCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags.command(
        "demo",
        "Starts the exporter against a simulated Sentry on loopback; needs no account.",
        this);
  }

  @Override
  public Integer call() throws InterruptedException, UsageException {
    String address = context.environment().getOrDefault(ADDRESS, "127.0.0.1:9412");
    App.Options options = serving.options(address, null);
    var sentry =
        new Demo.SentryOptions(
            sentryAddress.value(),
            seed.value(),
            projects.value(),
            Duration.ofMillis(latencyMillis.value()));
    var signals = SignalHandling.begin();
    try (var demo = Demo.start(sentry)) {
      return serve(demo, options, signals);
    } catch (StartException e) {
      context.complain("sentry_exporter: " + e.getMessage());
      return CommandLineInterface.FAILED;
    }
  }

  private int serve(Demo demo, App.Options options, SignalHandling signals)
      throws InterruptedException {
    try (var app = App.start(options, demo::config, context.environment(), context.err())) {
      return show(demo, app, options, signals);
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private int show(Demo demo, App app, App.Options options, SignalHandling signals)
      throws InterruptedException {
    String scheme = app.isSecure() ? "https://" : "http://";
    WebSettings web = options.web();
    String exporter = scheme + reachable(app.addresses().getFirst()) + web.routePrefix();
    String answer =
        options.webConfig() == null
            ? excerpt(get(exporter + EXAMPLE))
            : "  (it needs what " + options.webConfig() + " requires of clients)\n";
    context.out().print(welcome(exporter, web.telemetryPath(), demo, answer));
    context.out().flush();
    signals.untilSignalled(app);
    return CommandLineInterface.OK;
  }

  /// What to open from this machine.
  private static ListenAddress reachable(InetSocketAddress socket) {
    return socket.getAddress().isAnyLocalAddress()
        ? new ListenAddress("localhost", socket.getPort())
        : ListenAddress.of(socket);
  }

  private static String welcome(String exporter, String telemetryPath, Demo demo, String answer) {
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
        .formatted(exporter, demo.url(), answer, telemetryPath);
  }

  /// The body of the answer, or why there is none.
  private static String get(String url) {
    try {
      var connection = URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
      connection.setReadTimeout((int) PATIENCE.toMillis());
      try (var body = connection.getInputStream()) {
        return new String(body.readAllBytes(), UTF_8);
      }
    } catch (IOException e) {
      return "no answer: " + e.getMessage() + "\n"; // with error in it, so that it is shown
    }
  }

  /// The lines of a page that contain a text, as by `grep`.
  private static String excerpt(String page) {
    return page.lines()
        .filter(line -> line.contains("error") || line.contains("success"))
        .collect(Collectors.joining("\n"))
        .indent(2);
  }
}
