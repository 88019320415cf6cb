package io.sentryexporter.http;

import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whom a URL speaks to: scheme and host in lower case, IPv6 without brackets, and the port.
///
/// Reads the authority itself, for [URI] refuses host names with an underscore, which the names of
/// containers often have.
public record Origin(String scheme, String host, int port) {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  /// Of DNS, with a dot at the end.
  private static final int LONGEST_HOST = 254;

  /// Returns the origin of a URL.
  ///
  /// @throws IllegalArgumentException if this is not an absolute http or https URL; the text does
  ///   not show it, for it may hold a password
  public static Origin of(URI uri) {
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException("URL does not begin with http:// or https://");
    }
    var authority = authority(uri);
    var hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    var colon = hostAndPort.lastIndexOf(':');
    if (colon < hostAndPort.indexOf(']')) { // [::1]
      colon = -1;
    }
    var host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
    var port = colon < 0 ? "" : hostAndPort.substring(colon + 1);
    return new Origin(scheme, hostName(host), port.isEmpty() ? defaultPort(scheme) : port(port));
  }

  /// The part before the `@`, still percent-encoded.
  static @Nullable String userInfo(URI uri) {
    var authority = authority(uri);
    var at = authority.lastIndexOf('@');
    return at < 0 ? null : authority.substring(0, at);
  }

  /// The address that `host` spells out, brackets allowed; null if it is a name.
  static @Nullable InetAddress address(String host) {
    var bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    var mayBeAddress =
        bare.indexOf(':') >= 0
            || (!bare.isEmpty() && bare.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    if (!mayBeAddress) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(bare);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  boolean isTls() {
    return scheme.equals("https");
  }

  /// As in a Host header: without the port if that is the scheme's own.
  String authority() {
    return port == defaultPort(scheme) ? bracketed() : endpoint();
  }

  /// Host and port, always both.
  String endpoint() {
    return bracketed() + ":" + port;
  }

  @Override
  public String toString() {
    return scheme + "://" + authority();
  }

  private String bracketed() {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  private static String authority(URI uri) {
    return uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
  }

  private static String hostName(String host) {
    var bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (bare.isEmpty() || bare.indexOf('%') >= 0) {
      throw new IllegalArgumentException("URL has no host name");
    }
    if (bare.length() > LONGEST_HOST) { // Java's IDN has other exceptions for those, and takes long
      throw new IllegalArgumentException("URL's host is longer than any name");
    }
    var ascii = bare.chars().allMatch(c -> c < 0x80) ? bare : IDN.toASCII(bare);
    return ascii.toLowerCase(Locale.ROOT);
  }

  private static int port(String text) {
    try {
      var port = Integer.parseInt(text);
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException _) {
      // the same fault as a number out of range
    }
    throw new IllegalArgumentException(
        "the port of the URL is not a number from 1 to 65535; correct it or leave it out");
  }

  private static int defaultPort(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }
}
