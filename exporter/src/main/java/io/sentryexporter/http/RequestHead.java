package io.sentryexporter.http;

import java.net.URI;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/// Converts a request to the library's type.
final class RequestHead {
  private RequestHead() {}

  /// Whether the client itself requests gzip, not the configuration.
  static boolean asksForGzip(HttpGet get) {
    return !has(get, "Accept-Encoding");
  }

  /// @param uri where this hop goes to; not `get.uri()` after a redirect
  static ClassicHttpRequest of(HttpGet get, URI uri, Route route, String userAgent) {
    var proxy = route.forwarder();
    var target = target(uri);
    var request = line("GET", proxy == null ? target : route.origin() + target);
    request.addHeader("Host", host(get, route.origin()));
    if (!has(get, "User-Agent")) {
      request.addHeader("User-Agent", userAgent);
    }
    for (var header : get.headers()) {
      if (!header.is("Host") && !header.isOfBody()) {
        request.addHeader(header.name(), header.value().reveal());
      }
    }
    if (asksForGzip(get)) {
      request.addHeader("Accept-Encoding", "gzip");
    }
    if (proxy != null && proxy.authorization() != null) {
      request.addHeader("Proxy-Authorization", proxy.authorization().reveal());
    }
    return request;
  }

  /// A request with nothing but its line; `target` is sent as it is.
  static ClassicHttpRequest line(String method, String target) {
    return new BasicClassicHttpRequest(method, null, null, target); // others take it to pieces
  }

  private static String host(HttpGet get, Origin origin) {
    for (var header : get.headers()) {
      if (header.is("Host")) {
        return header.value().reveal();
      }
    }
    return origin.authority();
  }

  private static String target(URI uri) {
    var ascii = isAscii(uri) ? uri : URI.create(uri.toASCIIString());
    var path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
    return ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
  }

  private static boolean isAscii(URI uri) {
    return uri.toString().chars().allMatch(c -> c < 0x80);
  }

  private static boolean has(HttpGet get, String name) {
    for (var header : get.headers()) {
      if (header.is(name)) {
        return true;
      }
    }
    return false;
  }
}
