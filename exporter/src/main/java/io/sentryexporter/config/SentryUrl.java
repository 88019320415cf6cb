package io.sentryexporter.config;

import io.sentryexporter.http.Header;
import io.sentryexporter.http.Origin;
import io.sentryexporter.text.PercentEncoding;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads URLs of Sentry: of a server, and the prefix that targets are appended to. A URL that is
/// wrong is not quoted, for a password may be in it.
final class SentryUrl {
  static final URI SENTRY_IO = URI.create("https://sentry.io");

  private static final String EXAMPLE = "; write one like " + SENTRY_IO;
  private static final String NO_PORT = "a port that is not from 1 to 65535";

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{1,5}))?");
  private static final Pattern SERVER =
      Pattern.compile(
          "(?<scheme>(?i:https?))://(?<host>"
              + HOST_AND_PORT
              + ")(?<path>(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)*+)/*"); // *+ does not recurse
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
              + "((?<user>[^/?#]*)@)?(?<host>[^/?#@]*)(?<path>[^?#]*)(?<rest>.*)");

  private static final Pattern PORT_OF_PROXY =
      Pattern.compile("(?i)https?://([^/]*@)?[^/@]*:(?<port>[0-9]+)(/.*)?");
  private static final Pattern INGEST =
      Pattern.compile("([a-z0-9-]+\\.)?ingest\\.(?<region>[a-z0-9-]+\\.)?sentry\\.io");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w*}");
  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /// The characters, in addition to letters and digits, that are not escaped in a path, as in Go.
  private static final String IN_PATHS = "/%-._~!$&'()*+,;=:@";

  private static final String HIDDEN = "xxxxx";

  private SentryUrl() {}

  /// The URL of a server, with a path prefix if it has one, without a slash at its end; null after
  /// an error.
  static @Nullable URI server(String text, Location location) {
    var url = SERVER.matcher(text);
    if (!url.matches()) {
      location.error(fault(text) + EXAMPLE);
      return null;
    }
    if (!isPortPossible(url.group("port"))) {
      location.error(NO_PORT + EXAMPLE);
      return null;
    }
    String path = url.group("path");
    if (path.matches(".*/api(/0(/.*)?)?")) {
      location.error("/api/0 is added by the exporter; write the URL without it, " + SENTRY_IO);
      return null;
    }
    if (path.matches(".*/((organizations|settings)/.+|auth/login(/.*)?)")) {
      location.error("the address of a page of Sentry; write that of the server, " + SENTRY_IO);
      return null;
    }
    String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
    var uri = URI.create(scheme + "://" + url.group("host") + path);
    warnOfHost(uri, location);
    if (isExposed(uri)) {
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

  /// The URL that targets are appended to; null if there are control characters: they refuse the
  /// file, all else only warns.
  static @Nullable Prefix prefix(String text, Location location) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      location.error("a line break or control character in the URL; write it in one line");
      return null;
    }
    if (text.isEmpty()) {
      return unusable(text, "empty", location);
    }
    if (PLACEHOLDER.matcher(text).find()) {
      location.warn(
          "a placeholder in { } still stands in the URL; write your organization instead");
    }
    var url = PREFIX.matcher(text);
    var host = HOST_AND_PORT.matcher(url.matches() ? url.group("host") : "");
    if (!host.matches()) {
      return unusable(HIDDEN, "not a URL with a host", location); // and maybe a password
    }
    if (BROKEN_ESCAPE.matcher(text).find()) {
      return unusable(HIDDEN, "a % that begins no escape", location); // maybe of a password
    }
    var user = url.group("user");
    var server = url.group("scheme").toLowerCase(Locale.ROOT) + "://";
    var shown = server + shownUser(user) + url.group("host") + url.group("path");
    if (!server.equals("https://") && !server.equals("http://")) {
      return unusable(shown, "neither http:// nor https://", location);
    }
    if (!isPortPossible(host.group("port"))) {
      return unusable(shown, NO_PORT, location);
    }
    if (!url.group("rest").isEmpty()) {
      return unusable(shown + "?" + HIDDEN, "a ? or # in the URL", location);
    }
    if (url.group("path").isEmpty()) {
      return unusable(shown, "no path, and a target must not become part of the host", location);
    }
    if (url.group("path").matches(".*/stats/*")) {
      location.warn("the target and stats/ are added to it; write one like " + Prefix.EXAMPLE);
    }
    var path = PercentEncoding.of(url.group("path"), IN_PATHS);
    return usable(shown, server + url.group("host") + path, user, location);
  }

  private static Prefix usable(String shown, String uri, @Nullable String user, Location location) {
    try {
      var address = new URI(uri);
      warnOfHost(address, location);
      return new Prefix(shown, address, user == null ? null : Header.basicAuthorization(user));
    } catch (URISyntaxException _) {
      return unusable(shown, "not a URL", location);
    }
  }

  private static Prefix unusable(String shown, String what, Location location) {
    location.warn(what + "; every probe will fail; write one like " + Prefix.EXAMPLE);
    return new Prefix(shown, null, null);
  }

  private static String shownUser(@Nullable String user) {
    if (user == null) {
      return "";
    }
    var colon = user.indexOf(':');
    return user.substring(0, colon + 1) + HIDDEN + "@"; // a user alone may be a token
  }

  /// A URL of http or https with a host; null after an error.
  ///
  /// @param wanted what it should be, and how to write it
  static @Nullable URI plain(String text, Location location, String wanted) {
    try {
      var url = new URI(text.strip());
      Origin.of(url);
      return url;
    } catch (URISyntaxException | IllegalArgumentException _) {
      location.error("not " + wanted); // not quoted, for a password may be in it
      return null;
    }
  }

  /// What is wrong with the URL of a proxy, and how to write it; empty for nothing that is seen at
  /// once.
  static String faultOfProxy(String text) {
    String example = "; write one like http://proxy:3128";
    if (text.isEmpty()) {
      return "empty" + example;
    }
    if (text.matches("(?is)socks[^:]*://.*")) {
      return "SOCKS is not supported; write the URL of an HTTP proxy, like http://proxy:3128";
    }
    if (!text.matches("(?is)https?://.*")) {
      return "begins neither with http:// nor with https://" + example;
    }
    var port = PORT_OF_PROXY.matcher(text);
    return port.matches()
            && !(port.group("port").length() <= 5 && isPortPossible(port.group("port")))
        ? NO_PORT + example
        : "";
  }

  /// The URL with `xxxxx` for its password.
  static String withoutPassword(URI url) {
    var authority = String.valueOf(url.getRawAuthority());
    var user = authority.substring(0, Math.max(0, authority.lastIndexOf('@')));
    return user.isEmpty()
        ? url.toString()
        : url.toString().replaceFirst(Pattern.quote(user) + "@", shownUser(user));
  }

  private static boolean isPortPossible(@Nullable String port) {
    return port == null || (Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535);
  }

  private static void warnOfHost(URI uri, Location location) {
    faultOfHost(uri).ifPresent(location::warn);
  }

  /// What is wrong with a host that has no API: that of an insurance company, or of DSNs, which
  /// takes events. Empty for any other.
  static Optional<String> faultOfHost(URI uri) {
    String host = host(uri);
    if (host.equals("sentry.com") || host.endsWith(".sentry.com")) {
      return Optional.of("sentry.com is not Sentry; did you mean sentry.io?");
    }
    var ingest = INGEST.matcher(host);
    if (!ingest.matches()) {
      return Optional.empty();
    }
    String region = ingest.group("region");
    return Optional.of(
        "takes events and has no API; write https://"
            + (region == null ? "" : region)
            + "sentry.io");
  }

  /// Whether what is sent can be read on its way: http to another machine.
  static boolean isExposed(URI uri) {
    String host = host(uri);
    boolean isLoopback =
        host.equals("localhost")
            || host.endsWith(".localhost")
            || host.equals("::1")
            || host.matches("127(\\.[0-9]{1,3}){3}");
    return uri.getScheme().equals("http") && !isLoopback;
  }

  /// In lower case, without the root's dot.
  private static String host(URI uri) {
    String host = Origin.of(uri).host();
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /// The URL that targets are appended to.
  ///
  /// @param text as the file has it, passwords as `xxxxx`
  /// @param uri escaped, without user and password; null if it cannot be requested
  /// @param authorization made of the user and password in the URL, null if it has none
  record Prefix(String text, @Nullable URI uri, @Nullable Secret authorization) {
    static final String EXAMPLE = "https://sentry.io/api/0/projects/";
    static final Prefix ABSENT = new Prefix("", null, null);

    /// The headers, and the URL's user and password if no header authorizes already.
    List<Header> with(List<Header> headers) {
      if (authorization == null || SecretReader.has("Authorization", headers)) {
        return headers;
      }
      var all = new ArrayList<>(headers);
      all.add(new Header("Authorization", authorization));
      return all;
    }

    /// Whether what is sent can be read on its way: http to another machine.
    boolean isExposed() {
      return uri != null && SentryUrl.isExposed(uri);
    }
  }
}
