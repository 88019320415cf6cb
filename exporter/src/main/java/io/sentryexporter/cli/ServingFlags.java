package io.sentryexporter.cli;

import io.sentryexporter.app.App;
import io.sentryexporter.app.Logging;
import io.sentryexporter.cli.Flags.Flag;
import io.sentryexporter.cli.Flags.UsageException;
import io.sentryexporter.metrics.Exposition.CreatedSeries;
import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.ListenAddress.ListenException;
import io.sentryexporter.web.Routes;
import io.sentryexporter.web.WebSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.TypeConversionException;

/// The flags of commands that serve.
final class ServingFlags {
  /// Time within which Sentry's replicas agree; less than the usual timeout of a scrape.
  private static final Duration SECOND_READING = Duration.ofSeconds(8);

  /// Names with a slash before each, none of them `.` or `..`.
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)++/?");

  private static final List<Level> LEVELS =
      List.of(Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR);

  private final Flags flags = new Flags();
  private final Flag<List<String>> listenAddresses =
      flags.texts(
          "--web.listen-address",
          "<address>",
          "Address to listen on. Repeatable. Default: :9412; for demo SENTRY_EXPORTER_DEMO_ADDRESS,"
              + " else 127.0.0.1:9412");
  private final Flag<Optional<Path>> webConfig = webConfig(flags);
  private final Flag<String> telemetryPath =
      flags
          .text(
              "--web.telemetry-path",
              "<path>",
              "/metrics",
              "Path of the exporter's own metrics. Default: ${DEFAULT-VALUE}")
          .as(ServingFlags::telemetryPath);
  private final Flag<Optional<String>> externalUrl =
      flags.optionalText(
          "--web.external-url",
          "<url>",
          "URL under which browsers reach the exporter through a proxy. Its path is the prefix of"
              + " all routes unless --web.route-prefix is set. Where it is set, and on loopback,"
              + " pages for people and reload are served under known names only: this host,"
              + " localhost and addresses.");
  private final Flag<Optional<String>> routePrefix =
      flags.optionalText(
          "--web.route-prefix",
          "<path>",
          "Prefix of all paths that are served. Default: the path of the external URL");
  private final Flag<Boolean> lifecycle =
      flags.onUnlessNegated(
          "--web.enable-lifecycle",
          "Reload the configuration on POST /-/reload. On by default; SIGHUP reloads in any case.");
  private final Flag<Boolean> debugPages =
      flags.onUnlessNegated(
          "--web.enable-debug-pages",
          "Serve /config, /logs and /probe with debug=true, which show URLs, targets and errors."
              + " On by default.");
  private final Flag<Integer> maxRequests =
      flags.count(
          "--web.max-requests",
          "<number>",
          "512",
          "Maximum number of concurrent probes; further ones are answered 503. 0 disables the"
              + " limit; that of 512 connections per address remains. Default: ${DEFAULT-VALUE}");
  private final Flag<Boolean> createdTimestamps =
      flags.present(
          "--web.created-timestamps",
          "Add a series _created with the start time to each counter of Sentry's data, in"
              + " OpenMetrics. It counts towards max_series.");
  private final Flag<Duration> timeoutOffset =
      flags
          .seconds(
              "--timeout-offset",
              "0.5",
              "Offset to subtract from the scrape's timeout, so that the answer arrives before it."
                  + " Default: ${DEFAULT-VALUE}")
          .as(ServingFlags::offset);
  private final Flag<Integer> historyLimit =
      flags.count(
          "--history.limit",
          "<number>",
          "100",
          "Maximum number of probes to keep, and of failed probes in addition. Default:"
              + " ${DEFAULT-VALUE}");
  private final Flag<Level> logLevel =
      flags.oneOf(
          "--log.level",
          "<level>",
          LEVELS,
          Level.INFO,
          "Minimum level of log lines: debug, info, warn or error. Default: ${DEFAULT-VALUE}");
  private final Flag<Logging.Format> logFormat =
      flags.oneOf(
          "--log.format",
          "<format>",
          List.of(Logging.Format.values()),
          Logging.Format.LOGFMT,
          "Format of log lines: logfmt or json. Default: ${DEFAULT-VALUE}");
  private final Flag<Level> logProber =
      flags.oneOf(
          "--log.prober",
          "<level>",
          LEVELS,
          Level.WARN,
          "Level of the lines of probes: info for one line each, debug for every step. Default:"
              + " ${DEFAULT-VALUE}");

  private ServingFlags() {}

  /// Adds these flags to those of a command.
  static ServingFlags in(Flags flags) {
    var serving = new ServingFlags();
    flags.addAll(serving.flags);
    return serving;
  }

  /// The flag of the web configuration.
  static Flag<Optional<Path>> webConfig(Flags flags) {
    return flags
        .optionalText(
            "--web.config.file",
            "<file>",
            "File with TLS, users and rate limit of the listener, in the format of Prometheus'"
                + " exporters. Default: none, HTTP without TLS and users.")
        .as(ServingFlags::webConfig);
  }

  /// No name means no file, as with Prometheus' exporters.
  private static Optional<Path> webConfig(Optional<String> name) throws UsageException {
    try {
      return name.filter(text -> !text.isEmpty()).map(Flags::path);
    } catch (TypeConversionException e) {
      throw new UsageException("--web.config.file: " + e.getMessage());
    }
  }

  /// The web configuration's file.
  Optional<Path> webConfig() throws UsageException {
    return webConfig.value();
  }

  /// The options of the exporter, once the command line is parsed.
  ///
  /// @param storage folder for state that outlives the process; null for the demo, whose data is
  ///   simulated
  /// @throws UsageException if a flag has a bad value
  App.Options options(String defaultAddress, @Nullable Flag<Path> storage) throws UsageException {
    Optional<String> prefix = routePrefix.value();
    String route = prefix.isEmpty() ? null : path("--web.route-prefix", prefix.get());
    URI external = externalUrl();
    String externalPath = externalPath(external, route == null ? "" : route);
    return new App.Options(
        addresses(listenAddresses.value(), defaultAddress),
        new WebSettings(
            route == null ? externalPath : route,
            external == null ? "" : origin(external),
            externalPath,
            telemetryPath.value(),
            parts(),
            maxRequests.value(),
            timeoutOffset.value(),
            createdTimestamps.value() ? CreatedSeries.WRITTEN : CreatedSeries.LEFT_OUT,
            storage == null),
        webConfig.value().orElse(null),
        new Logging.Settings(logFormat.value(), logLevel.value(), logProber.value()),
        historyLimit.value(),
        storage == null ? null : storage.value(),
        storage == null ? Duration.ZERO : SECOND_READING);
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

  private static Duration offset(double timeoutOffset) {
    return Duration.ofNanos(Math.round(timeoutOffset * 1e9));
  }

  private Set<WebSettings.Part> parts() throws UsageException {
    var parts = EnumSet.noneOf(WebSettings.Part.class);
    if (lifecycle.value()) {
      parts.add(WebSettings.Part.LIFECYCLE);
    }
    if (debugPages.value()) {
      parts.add(WebSettings.Part.DEBUG_PAGES);
    }
    return parts;
  }

  private @Nullable URI externalUrl() throws UsageException {
    Optional<String> text = externalUrl.value();
    if (text.isEmpty()) {
      return null;
    }
    try {
      var url = new URI(text.get());
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (web && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException _) {
      // reported below
    }
    throw new UsageException(
        "--web.external-url: \"" + text.get() + "\" is not a URL; write https://host/path");
  }

  /// Scheme, host and port of a URL as browsers write them.
  private static String origin(URI url) {
    boolean isImplied = url.getPort() == (url.getScheme().equals("https") ? 443 : 80);
    String port = url.getPort() < 0 || isImplied ? "" : ":" + url.getPort();
    return url.getScheme() + "://" + url.getHost().toLowerCase(Locale.ROOT) + port;
  }

  /// @param direct where browsers find the routes without a proxy
  private static String externalPath(@Nullable URI url, String direct) throws UsageException {
    return url == null ? direct : path("--web.external-url", url.getRawPath());
  }

  private static String path(String flag, String text) throws UsageException {
    String path = text.replaceAll("^/+|/+$", "");
    if (!path.matches("[A-Za-z0-9._~/-]*")) {
      throw new UsageException(flag + ": \"" + text + "\" is not a path; write /sentry_exporter");
    }
    return path.isEmpty() ? "" : "/" + path;
  }
}
