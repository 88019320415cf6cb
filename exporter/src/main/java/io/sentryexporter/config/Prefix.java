package io.sentryexporter.config;

import io.sentryexporter.http.Header;
import io.sentryexporter.text.PercentEncoding;
import io.sentryexporter.text.Secret;
import io.sentryexporter.yaml.Location;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The URL that targets are appended to.
///
/// @param text as the file has it, passwords as `xxxxx`
/// @param uri escaped, without user and password; null if it cannot be requested
/// @param authorization made of the user and password in the URL, null if it has none
record Prefix(String text, @Nullable URI uri, @Nullable Secret authorization) {
  static final String EXAMPLE = "https://sentry.io/api/0/projects/";
  static final Prefix ABSENT = new Prefix("", null, null);

  private static final String HIDDEN = "xxxxx";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w*}");
  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
              + "((?<user>[^/?#]*)@)?(?<host>[^/?#@]*)(?<path>[^?#]*)(?<rest>.*)");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{1,5}))?");

  /// The characters, in addition to letters and digits, that are not escaped in a path, as in Go.
  private static final String IN_PATHS = "/%-._~!$&'()*+,;=:@";

  /// Null if there are control characters: they refuse the file, all else only warns.
  static @Nullable Prefix read(String text, Location location) {
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
    var url = URL.matcher(text);
    if (!url.matches() || !HOST_AND_PORT.matcher(url.group("host")).matches()) {
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
    if (!isPortPossible(url.group("host"))) {
      return unusable(shown, "a port that is not from 1 to 65535", location);
    }
    if (!url.group("rest").isEmpty()) {
      return unusable(shown + "?" + HIDDEN, "a ? or # in the URL", location);
    }
    if (url.group("path").isEmpty()) {
      return unusable(shown, "no path, and a target must not become part of the host", location);
    }
    if (url.group("path").matches(".*/stats/*")) {
      location.warn("the target and stats/ are added to it; write one like " + EXAMPLE);
    }
    var path = PercentEncoding.of(url.group("path"), IN_PATHS);
    return usable(shown, server + url.group("host") + path, user, location);
  }

  private static Prefix usable(String shown, String uri, @Nullable String user, Location location) {
    try {
      var address = new URI(uri);
      ServerName.of(address).warnIfInsuranceCompany(location);
      ServerName.of(address).warnIfIngest(location);
      return new Prefix(shown, address, user == null ? null : Header.basicAuthorization(user));
    } catch (URISyntaxException _) {
      return unusable(shown, "not a URL", location);
    }
  }

  private static Prefix unusable(String shown, String what, Location location) {
    location.warn(what + "; every probe will fail; write one like " + EXAMPLE);
    return new Prefix(shown, null, null);
  }

  private static String shownUser(@Nullable String user) {
    if (user == null) {
      return "";
    }
    var colon = user.indexOf(':');
    return user.substring(0, colon + 1) + HIDDEN + "@"; // a user alone may be a token
  }

  /// The headers, and the URL's user and password if no header authorizes already.
  List<Header> with(List<Header> headers) {
    if (authorization == null || HeaderReader.has("Authorization", headers)) {
      return headers;
    }
    var all = new ArrayList<>(headers);
    all.add(new Header("Authorization", authorization));
    return all;
  }

  /// Whether what is sent can be read on its way: http to another machine.
  boolean isExposed() {
    return uri != null && ServerName.of(uri).isExposed();
  }

  private static boolean isPortPossible(String hostAndPort) {
    var matcher = HOST_AND_PORT.matcher(hostAndPort);
    if (!matcher.matches() || matcher.group("port") == null) {
      return true;
    }
    var port = Integer.parseInt(matcher.group("port"));
    return port >= 1 && port <= 65_535;
  }
}
