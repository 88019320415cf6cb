package io.sentryexporter.cli;

import io.sentryexporter.app.Logging;
import io.sentryexporter.app.Options;
import io.sentryexporter.metrics.CreatedSeries;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The flags of commands that serve.
final class ServingFlags {
  private static final Path DEFAULT_STORAGE = Path.of("data");

  /// Time within which Sentry's replicas agree; less than the usual timeout of a scrape.
  private static final Duration SECOND_READING = Duration.ofSeconds(8);

  /// Names with a slash before each, none of them `.` or `..`.
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+/?");

  private final OptionSpec listenAddresses =
      Flags.repeatable(
          "--web.listen-address",
          "<address>",
          "Address to listen on. Repeatable. Default: :9412, and 127.0.0.1:9412 for demo");
  private final OptionSpec telemetryPath =
      Flags.of(
          "--web.telemetry-path",
          String.class,
          "<path>",
          "/metrics",
          "Path of the exporter's own metrics. Default: ${DEFAULT-VALUE}");
  private final OptionSpec externalUrl =
      Flags.of(
          "--web.external-url",
          String.class,
          "<url>",
          null,
          "URL under which browsers reach the exporter through a proxy. Its path is the prefix of"
              + " all routes unless --web.route-prefix is set.");
  private final OptionSpec routePrefix =
      Flags.of(
          "--web.route-prefix",
          String.class,
          "<path>",
          null,
          "Prefix of all paths that are served. Default: the path of the external URL");
  private final OptionSpec maxRequests =
      Flags.of(
          "--web.max-requests",
          int.class,
          "<number>",
          "512",
          "Maximum number of concurrent probes; one more is answered 503. 0 sets no limit but that"
              + " of connections, 512 on each address. Default: ${DEFAULT-VALUE}");
  private final OptionSpec createdTimestamps =
      Flags.plain(
          "--web.created-timestamps",
          "Add a series _created with the start time to each counter of Sentry's data, in"
              + " OpenMetrics. It counts towards max_series.");
  private final OptionSpec timeoutOffset =
      Flags.of(
          "--timeout-offset",
          double.class,
          "<seconds>",
          "0.5",
          "Offset to subtract from the scrape's timeout, so that the answer arrives before it."
              + " Default: ${DEFAULT-VALUE}");
  private final OptionSpec historyLimit =
      Flags.of(
          "--history.limit",
          int.class,
          "<number>",
          "100",
          "Maximum number of probes to keep, and of failed probes in addition. Default:"
              + " ${DEFAULT-VALUE}");
  private final OptionSpec storage =
      Flags.of(
          "--storage.path",
          Path.class,
          "<folder>",
          null,
          "Folder that keeps the counters' marks over a restart, so that an outdated answer of"
              + " Sentry is no reset. Created when needed, and safe to lose. Default: data");
  private final OptionSpec logLevel =
      Flags.of(
          "--log.level",
          LogLevel.class,
          "<level>",
          "info",
          "Minimum level of log lines: debug, info, warn or error. Default: ${DEFAULT-VALUE}");
  private final OptionSpec logFormat =
      Flags.of(
          "--log.format",
          Logging.Format.class,
          "<format>",
          "logfmt",
          "Format of log lines: logfmt or json. Default: ${DEFAULT-VALUE}");
  private final OptionSpec logProber =
      Flags.of(
          "--log.prober",
          LogLevel.class,
          "<level>",
          "warn",
          "Level of the lines of probes: info for one line each, debug for every step. Default:"
              + " ${DEFAULT-VALUE}");

  /// The levels of `--log.level`.
  enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  void addTo(CommandSpec command) {
    List.of(
            listenAddresses,
            telemetryPath,
            externalUrl,
            routePrefix,
            maxRequests,
            createdTimestamps,
            timeoutOffset,
            historyLimit,
            logLevel,
            logFormat,
            logProber)
        .forEach(command::addOption);
  }

  /// The flags of a command whose counters are of a real Sentry.
  void addStorageTo(CommandSpec command) {
    command.addOption(storage);
  }

  /// The flags as options of the exporter, once the command line is parsed.
  ///
  /// @param defaultAddress address to listen on by default
  /// @param demo whether the data is simulated
  /// @throws UsageException if a flag has a bad value
  Options options(String defaultAddress, boolean demo) throws UsageException {
    @Nullable String prefix = routePrefix.getValue();
    String route = prefix == null ? null : path("--web.route-prefix", prefix);
    String external = externalPath(externalUrl.getValue(), route == null ? "" : route);
    LogLevel level = logLevel.getValue();
    LogLevel ofProbes = logProber.getValue();
    return new Options(
        addresses(listenAddresses.getValue(), defaultAddress),
        new WebSettings(
            route == null ? external : route,
            external,
            telemetryPath(telemetryPath.getValue()),
            UsageException.unlessAtLeastZero("--web.max-requests", maxRequests.getValue()),
            offset(timeoutOffset.getValue()),
            created(createdTimestamps.getValue()),
            demo),
        new Logging.Settings(
            logFormat.getValue(), Level.valueOf(level.name()), Level.valueOf(ofProbes.name())),
        UsageException.unlessAtLeastZero("--history.limit", historyLimit.getValue()),
        demo ? null : storage(storage.getValue()),
        demo ? Duration.ZERO : SECOND_READING);
  }

  private static CreatedSeries created(boolean wanted) {
    return wanted ? CreatedSeries.WRITTEN : CreatedSeries.LEFT_OUT;
  }

  /// The default is made when it is needed, and costs a warning where it cannot be.
  private static Path storage(@Nullable Path storage) throws UsageException {
    if (storage == null) {
      return DEFAULT_STORAGE;
    }
    if (Files.exists(storage) && !Files.isDirectory(storage)) {
      throw new UsageException("--storage.path: \"" + storage + "\" is a file; name a folder");
    }
    try {
      Files.createDirectories(storage);
    } catch (IOException _) { // its text is Java's
      throw new UsageException(
          "--storage.path: \"" + storage + "\" cannot be made; name a folder that can");
    }
    if (!Files.isWritable(storage)) {
      throw new UsageException(
          "--storage.path: \"" + storage + "\" cannot be written; give it to this user");
    }
    return storage;
  }

  private static List<ListenAddress> addresses(List<String> given, String defaultAddress)
      throws UsageException {
    var addresses = new ArrayList<ListenAddress>();
    for (String text : given.isEmpty() ? List.of(defaultAddress) : given) {
      try {
        addresses.add(ListenAddress.parse(text));
      } catch (ListenException e) {
        throw new UsageException("--web.listen-address: " + e.getMessage());
      }
    }
    return addresses;
  }

  private static String telemetryPath(String telemetryPath) throws UsageException {
    if (!PATH.matcher(telemetryPath).matches()) {
      throw new UsageException(
          "--web.telemetry-path: \"" + telemetryPath + "\" is not a path; write /metrics");
    }
    if (Routes.OWN_PATHS.contains(telemetryPath) || telemetryPath.startsWith("/-/")) {
      throw new UsageException(
          "--web.telemetry-path: \""
              + telemetryPath
              + "\" is taken by another page; write /metrics");
    }
    return telemetryPath;
  }

  private static Duration offset(double timeoutOffset) throws UsageException {
    if (!(timeoutOffset >= 0 && timeoutOffset < 3600)) {
      throw new UsageException(
          "--timeout-offset: " + timeoutOffset + " is not a number of seconds; write 0.5");
    }
    return Duration.ofNanos(Math.round(timeoutOffset * 1e9));
  }

  /// @param direct where browsers find the routes without a proxy
  private static String externalPath(@Nullable String externalUrl, String direct)
      throws UsageException {
    if (externalUrl == null) {
      return direct;
    }
    try {
      var url = new URI(externalUrl);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (web && url.getHost() != null) {
        return path("--web.external-url", url.getRawPath());
      }
    } catch (URISyntaxException _) {
      // reported below
    }
    throw new UsageException(
        "--web.external-url: \"" + externalUrl + "\" is not a URL; write https://host/path");
  }

  private static String path(String flag, String text) throws UsageException {
    String path = text.replaceAll("^/+|/+$", "");
    if (!path.matches("[A-Za-z0-9._~/-]*")) {
      throw new UsageException(flag + ": \"" + text + "\" is not a path; write /sentry_exporter");
    }
    return path.isEmpty() ? "" : "/" + path;
  }
}
