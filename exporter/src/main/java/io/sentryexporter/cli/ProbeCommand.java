package io.sentryexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.app.App;
import io.sentryexporter.app.App.StartException;
import io.sentryexporter.app.Logging;
import io.sentryexporter.cli.CommandLineInterface.CommandContext;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.server.Request;
import io.sentryexporter.server.Response;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.web.WebSettings;
import io.sentryexporter.wire.Headers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Probes a target once and prints what `/probe` answers.
final class ProbeCommand implements Callable<Integer> {
  private static final String SUCCESS = "\nsentry_probe_success 1";

  private final CommandContext context;
  private final Flags flags = new Flags();
  private final Flag<Optional<Path>> configFile = flags.configFile();
  private final Flag<Optional<String>> module =
      flags.optionalText("--module", "<name>", "Module of the configuration. Default: sentry");
  private final Flag<Format> format =
      flags.oneOf(
          "--format",
          "<format>",
          List.of(Format.values()),
          Format.TEXT,
          "Format of the metrics: text or openmetrics. Default: ${DEFAULT-VALUE}");
  private final Flag<Double> timeout =
      flags.seconds(
          "--timeout",
          "30",
          "Maximum duration of the probe; the module's own timeout wins when it is smaller."
              + " Default: ${DEFAULT-VALUE}");
  private final Flag<Boolean> debug =
      flags.present("--debug", "Print the trace of the probe before its metrics.");
  private final PositionalParamSpec target =
      PositionalParamSpec.builder()
          .type(String.class)
          .arity("1")
          .required(true)
          .paramLabel("<target>")
          .description("An organization or organization/project.")
          .build();

  private enum Format {
    TEXT,
    OPENMETRICS
  }

  ProbeCommand(CommandContext context) {
    this.context = context;
  }

  CommandSpec spec() {
    return flags
        .command(
            "probe",
            "Probes a target once and prints its metrics; exits with 1 if the probe fails.",
            this)
        .addPositional(target);
  }

  @Override
  public Integer call() throws InterruptedException, IOException, UsageException {
    var source = context.config(configFile.value());
    try (var app = App.start(options(Level.WARN), source, context.environment(), context.err())) {
      Response response = app.answer(request());
      var body = new String(response.content().readAllBytes(), UTF_8);
      response.onEnd().run();
      if (response.status() != 200) {
        context.complain(body.strip());
        return CommandLineInterface.FAILED;
      }
      context.out().print(body);
      boolean succeeded = ("\n" + body).contains(SUCCESS);
      return succeeded ? CommandLineInterface.OK : CommandLineInterface.FAILED;
    } catch (StartException _) { // it is in the log
      return CommandLineInterface.FAILED;
    }
  }

  private Request request() throws UsageException {
    var query = new StringBuilder("target=").append(encoded(target.getValue()));
    if (module.value().isPresent()) {
      query.append("&module=").append(encoded(module.value().get()));
    }
    if (debug.value()) {
      query.append("&debug=true");
    }
    String accept =
        format.value() == Format.TEXT
            ? "text/plain;version=0.0.4"
            : "application/openmetrics-text;version=1.0.0";
    var headers =
        Headers.of(
            List.of(
                Map.entry("Host", "localhost"),
                Map.entry("Accept", accept),
                Map.entry(
                    "X-Prometheus-Scrape-Timeout-Seconds", Double.toString(timeout.value()))));
    return new Request("GET", "/probe", query.toString(), headers, new Cancellation());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /// Without a listener and without state that outlives the process.
  static App.Options options(Level level) {
    var web =
        new WebSettings(
            "",
            "",
            "",
            "/metrics",
            Set.of(WebSettings.Part.DEBUG_PAGES),
            0,
            Duration.ZERO,
            CreatedSeries.LEFT_OUT,
            false);
    var logging = new Logging.Settings(Logging.Format.LOGFMT, level, Level.ERROR);
    return new App.Options(List.of(), web, null, logging, 1, null, Duration.ZERO);
  }
}
