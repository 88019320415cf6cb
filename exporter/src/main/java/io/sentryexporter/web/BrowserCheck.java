package io.sentryexporter.web;

import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.server.Request;
import io.sentryexporter.text.Printable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds requests that a page of another site made a browser send.
///
/// Any page can make a browser send requests to addresses of the browser's own network. It cannot
/// read the answers, unless it lets its own name resolve to such an address (DNS rebinding): then
/// the `Host` of the requests is that name.
///
/// @param address where the request came in
/// @param externalOrigin scheme and authority of the external URL, as browsers write an origin;
///   empty without one
record BrowserCheck(ListenAddress address, String externalOrigin) {
  private static final Pattern ORIGIN =
      Pattern.compile("(?<scheme>[a-z][a-z0-9+.-]*)://(?<authority>[^/?#@, ]+)");

  private static final Pattern PORT = Pattern.compile(":\\d*$");

  /// Why pages for people are not served to this request; null if they are.
  ///
  /// The host is checked where all clients come under known names: on loopback, and where there is
  /// an external URL.
  @Nullable String refusal(Request request) {
    InetAddress bound = bound();
    boolean onLoopback = bound != null && bound.isLoopbackAddress();
    String host = request.headers().list("Host").orElse("");
    if ((!onLoopback && externalOrigin.isEmpty()) || isKnown(name(host), bound)) {
      return null;
    }
    return "the Host header is "
        + Printable.quoted(host)
        + ", which is no name of this exporter; open it under localhost or the address that it"
        + " listens on, or set --web.external-url to the URL that browsers use";
  }

  private boolean isKnown(String host, @Nullable InetAddress bound) {
    if (host.isEmpty()) {
      return false;
    }
    if (host.equals("localhost")
        || host.equalsIgnoreCase(address.host())
        || host.equals(name(externalOrigin.replaceFirst("^.*://", "")))) {
      return true;
    }
    InetAddress literal = literal(host); // nothing that a page's name resolves to
    return literal != null
        && (literal.isLoopbackAddress()
            || bound == null
            || bound.isAnyLocalAddress()
            || literal.equals(bound));
  }

  /// Whether a page of another site sends the request. Browsers name the origin of a request that
  /// changes something; curl and Kubernetes' reloaders do not.
  boolean isFromAnotherSite(Request request) {
    String site = request.headers().list("Sec-Fetch-Site").orElse("none");
    if (!site.equals("none") && !site.equals("same-origin")) {
      return true;
    }
    String sent = request.headers().list("Origin").orElse(null);
    if (sent == null) {
      return false;
    }
    var origin = ORIGIN.matcher(sent.toLowerCase(Locale.ROOT));
    if (!origin.matches()) {
      return true; // null, or several
    }
    String scheme = origin.group("scheme");
    String own = authority(scheme, request.headers().list("Host").orElse(""));
    String page = authority(scheme, origin.group("authority"));
    return !page.equals(own) && !(scheme + "://" + page).equals(externalOrigin);
  }

  /// An authority without the port that its scheme implies.
  private static String authority(String scheme, String text) {
    String implied = scheme.equals("https") ? ":443" : ":80";
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.endsWith(implied) ? lower.substring(0, lower.length() - implied.length()) : lower;
  }

  /// The host of an authority, without brackets and the dot that may end a full name.
  private static String name(String authority) {
    String host = PORT.matcher(authority.toLowerCase(Locale.ROOT)).replaceFirst("");
    if (host.startsWith("[") && host.endsWith("]")) {
      return host.substring(1, host.length() - 1);
    }
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /// The address that the listener is bound to; null if it is bound to all, or its name has none
  /// any more.
  private @Nullable InetAddress bound() {
    try {
      return address.resolve();
    } catch (UnknownHostException _) {
      return null;
    }
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
