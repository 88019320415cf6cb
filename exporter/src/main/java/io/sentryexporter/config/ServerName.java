package io.sentryexporter.config;

import io.sentryexporter.yaml.Location;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// The server that a URL leads to, as far as it decides what may be sent there.
///
/// @param host in lower case; empty if it is none
record ServerName(String scheme, String host) {
  /// Not [URI#getHost()], which knows no host with an underscore.
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:[0-9]*)?");

  private static final Pattern INGEST =
      Pattern.compile("([a-z0-9-]+\\.)?ingest\\.(?<region>[a-z0-9-]+\\.)?sentry\\.io");

  static ServerName of(URI uri) {
    var authority = HOST.matcher(uri.getRawAuthority());
    String host = authority.matches() ? authority.group("name") : "";
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host; // the root's
    return new ServerName(uri.getScheme().toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
  }

  /// Whether what is sent can be read on its way: http to another machine.
  boolean isExposed() {
    return scheme.equals("http") && !isLoopback();
  }

  void warnIfInsuranceCompany(Location location) {
    if (host.equals("sentry.com") || host.endsWith(".sentry.com")) {
      location.warn("sentry.com is not Sentry; did you mean sentry.io?");
    }
  }

  /// Of the hosts of DSNs, which take events and have no API.
  void warnIfIngest(Location location) {
    var ingest = INGEST.matcher(host);
    if (ingest.matches()) {
      String region = ingest.group("region");
      location.warn(
          "takes events and has no API; write https://"
              + (region == null ? "" : region)
              + "sentry.io");
    }
  }

  private boolean isLoopback() {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.[0-9]{1,3}){3}");
  }
}
