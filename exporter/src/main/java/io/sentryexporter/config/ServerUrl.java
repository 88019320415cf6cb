package io.sentryexporter.config;

import io.sentryexporter.yaml.Location;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the URL of an instance: of the server, with a path prefix if it has one. What is wrong is
/// not quoted, for a password may be in it.
final class ServerUrl {
  static final URI SENTRY_IO = URI.create("https://sentry.io");

  private static final String EXAMPLE = "; write one like " + SENTRY_IO;
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>(?i:https?))://(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)"
              + "(:(?<port>[0-9]{1,5}))?(?<path>(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)*)/*");

  private ServerUrl() {}

  /// Without a slash at its end; null after an error.
  static @Nullable URI read(String text, Location location) {
    var url = URL.matcher(text);
    if (!url.matches()) {
      location.error(fault(text) + EXAMPLE);
      return null;
    }
    String port = url.group("port");
    if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
      location.error("a port that is not from 1 to 65535" + EXAMPLE);
      return null;
    }
    if (url.group("path").matches(".*/api(/0(/.*)?)?")) {
      location.error("/api/0 is added by the exporter; write the URL without it, " + SENTRY_IO);
      return null;
    }
    if (url.group("path").matches(".*/((organizations|settings)/.+|auth/login(/.*)?)")) {
      location.error("the address of a page of Sentry; write that of the server, " + SENTRY_IO);
      return null;
    }
    var uri =
        URI.create(
            url.group("scheme").toLowerCase(Locale.ROOT)
                + "://"
                + url.group("host")
                + (port == null ? "" : ":" + port)
                + url.group("path"));
    var server = ServerName.of(uri);
    server.warnIfInsuranceCompany(location);
    server.warnIfIngest(location);
    if (server.isExposed()) {
      location.warn("http:// sends the token for all to read; write https://");
    }
    return uri;
  }

  private static String fault(String text) {
    if (text.isEmpty()) {
      return "empty";
    }
    if (!text.matches("(?is)https?://.*")) {
      return "begins neither with https:// nor with http://";
    }
    if (text.contains("@")) {
      return "a user or password in the URL";
    }
    if (text.contains("?") || text.contains("#")) {
      return "a ? or # in the URL";
    }
    return "not the URL of a server";
  }
}
