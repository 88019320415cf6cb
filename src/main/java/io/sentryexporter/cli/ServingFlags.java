package io.sentryexporter.cli;

import io.sentryexporter.app.Logging;
import io.sentryexporter.app.Options;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import io.sentryexporter.web.server.ListenAddress;
import io.sentryexporter.web.server.ListenException;
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
import picocli.CommandLine.Option;

/// The flags of commands that serve. Picocli sets the fields.
@SuppressWarnings("FieldCanBeFinal")
final class ServingFlags {
  /// Names with a slash before each, none of them `.` or `..`.
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+/?");

  @Option(
      names = "--web.listen-address",
      paramLabel = "<address>",
      description = "Address to listen on, repeatable. Default: :9412, and 127.0.0.1:9412 for demo")
  private List<String> listenAddresses = new ArrayList<>();

  @Option(
      names = "--web.telemetry-path",
      paramLabel = "<path>",
      defaultValue = "/metrics",
      description = "Path of the exporter's own metrics. Default: ${DEFAULT-VALUE}")
  private String telemetryPath = "";

  @Option(
      names = "--web.external-url",
      paramLabel = "<url>",
      description =
          "URL under which browsers reach the exporter through a proxy. Its path is the prefix of"
              + " all routes unless the next flag says otherwise.")
  private @Nullable String externalUrl;

  @Option(
      names = "--web.route-prefix",
      paramLabel = "<path>",
      description = "Prefix of all paths that are served. Default: the path of the external URL")
  private @Nullable String routePrefix;

  @Option(
      names = "--web.max-requests",
      paramLabel = "<number>",
      defaultValue = "512",
      description =
          "Probes at once; one more is answered 503. 0 sets no limit but that of connections, 512"
              + " on each address. Default: ${DEFAULT-VALUE}")
  private int maxRequests;

  @Option(
      names = "--timeout-offset",
      paramLabel = "<seconds>",
      defaultValue = "0.5",
      description =
          "Taken off the scrape's timeout, so that the answer arrives before it. Default:"
              + " ${DEFAULT-VALUE}")
  private double timeoutOffset;

  @Option(
      names = "--history.limit",
      paramLabel = "<number>",
      defaultValue = "100",
      description =
          "Probes kept to look at, and as many failed ones besides. Default: ${DEFAULT-VALUE}")
  private int historyLimit;

  @Option(
      names = "--storage.path",
      paramLabel = "<folder>",
      description =
          "Folder in which counters' marks outlive a restart, so that a figure that Sentry corrects"
              + " meanwhile is no reset. It may be lost. Default: none are kept")
  private @Nullable Path storage;

  @Option(
      names = "--log.level",
      paramLabel = "<level>",
      defaultValue = "info",
      description = "debug, info, warn or error. Default: ${DEFAULT-VALUE}")
  private LogLevel logLevel = LogLevel.INFO;

  @Option(
      names = "--log.format",
      paramLabel = "<format>",
      defaultValue = "logfmt",
      description = "logfmt or json. Default: ${DEFAULT-VALUE}")
  private Logging.Format logFormat = Logging.Format.LOGFMT;

  @Option(
      names = "--log.prober",
      paramLabel = "<level>",
      defaultValue = "warn",
      description =
          "Level of the lines of probes: info for one line each, debug for every step. Default:"
              + " ${DEFAULT-VALUE}")
  private LogLevel logProber = LogLevel.WARN;

  /// The levels of `--log.level`.
  enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /// The flags as options of the exporter.
  ///
  /// @param defaultAddress where to listen if no flag says
  /// @param demo whether the figures will be simulated
  /// @throws BadFlag if a value cannot be
  Options options(String defaultAddress, boolean demo) throws BadFlag {
    String route = routePrefix == null ? null : path("--web.route-prefix", routePrefix);
    String external = externalPath(route == null ? "" : route);
    return new Options(
        addresses(defaultAddress),
        new WebSettings(
            route == null ? external : route,
            external,
            telemetryPath(),
            BadFlag.unlessAtLeastZero("--web.max-requests", maxRequests),
            offset(),
            demo),
        new Logging.Settings(
            logFormat, Level.valueOf(logLevel.name()), Level.valueOf(logProber.name())),
        BadFlag.unlessAtLeastZero("--history.limit", historyLimit),
        storage());
  }

  private @Nullable Path storage() throws BadFlag {
    if (storage == null) {
      return null;
    }
    if (Files.exists(storage) && !Files.isDirectory(storage)) {
      throw new BadFlag("--storage.path: \"" + storage + "\" is a file; name a folder");
    }
    try {
      Files.createDirectories(storage);
    } catch (IOException _) { // its text is Java's
      throw new BadFlag(
          "--storage.path: \"" + storage + "\" cannot be made; name a folder that can");
    }
    if (!Files.isWritable(storage)) {
      throw new BadFlag(
          "--storage.path: \"" + storage + "\" cannot be written; give it to this user");
    }
    return storage;
  }

  private List<ListenAddress> addresses(String defaultAddress) throws BadFlag {
    var addresses = new ArrayList<ListenAddress>();
    var texts = listenAddresses.isEmpty() ? List.of(defaultAddress) : listenAddresses;
    for (String text : texts) {
      try {
        addresses.add(ListenAddress.parse(text));
      } catch (ListenException e) {
        throw new BadFlag("--web.listen-address: " + e.getMessage());
      }
    }
    return addresses;
  }

  private String telemetryPath() throws BadFlag {
    if (!PATH.matcher(telemetryPath).matches()) {
      throw new BadFlag(
          "--web.telemetry-path: \"" + telemetryPath + "\" is not a path; write /metrics");
    }
    if (Routes.OWN_PATHS.contains(telemetryPath) || telemetryPath.startsWith("/-/")) {
      throw new BadFlag(
          "--web.telemetry-path: \""
              + telemetryPath
              + "\" is taken by another page; write /metrics");
    }
    return telemetryPath;
  }

  private Duration offset() throws BadFlag {
    if (!(timeoutOffset >= 0 && timeoutOffset < 3600)) {
      throw new BadFlag(
          "--timeout-offset: " + timeoutOffset + " is not a number of seconds; write 0.5");
    }
    return Duration.ofNanos(Math.round(timeoutOffset * 1e9));
  }

  /// @param direct where browsers find the routes without a proxy
  private String externalPath(String direct) throws BadFlag {
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
    throw new BadFlag(
        "--web.external-url: \"" + externalUrl + "\" is not a URL; write https://host/path");
  }

  private static String path(String flag, String text) throws BadFlag {
    String path = text.replaceAll("^/+|/+$", "");
    if (!path.matches("[A-Za-z0-9._~/-]*")) {
      throw new BadFlag(flag + ": \"" + text + "\" is not a path; write /sentry_exporter");
    }
    return path.isEmpty() ? "" : "/" + path;
  }
}
