package io.sentryexporter.http;

import io.sentryexporter.http.ProxyRules.Route;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/// One GET request: its URL and headers.
///
/// A header named Host, in any case, sets the Host of the request, while the connection goes to the
/// URL's host. User and password of the URL become basic authorization unless there is an
/// Authorization header. Headers that frame a body (Content-Length, Transfer-Encoding, Trailer) are
/// not sent, for a GET has none.
///
/// @param client null where only the environment counts
public record HttpGet(URI uri, List<Header> headers, @Nullable ClientSettings client) {
  /// @throws IllegalArgumentException if the URL is not an absolute http or https one with a host
  public HttpGet {
    Origin.of(uri);
    headers = List.copyOf(headers);
  }

  public HttpGet(URI uri, List<Header> headers) {
    this(uri, headers, null);
  }

  /// Whether the client itself requests gzip, not the configuration.
  boolean asksForGzip() {
    return !has("Accept-Encoding");
  }

  /// The library's request.
  ///
  /// @param hop where it goes to; not [#uri()] after a redirect
  /// @param form body of a POST; null for a GET
  ClassicHttpRequest head(URI hop, Route route, String userAgent, @Nullable String form) {
    var proxy = route.forwarder();
    var target = target(hop);
    var method = form == null ? "GET" : "POST";
    var request = line(method, proxy == null ? target : route.origin() + target);
    if (form != null) {
      request.addHeader("Content-Type", "application/x-www-form-urlencoded");
      request.addHeader("Content-Length", form.length()); // ASCII, as it is percent-encoded
      request.setEntity(new StringEntity(form));
    }
    request.addHeader("Host", host(route.origin()));
    if (!has("User-Agent")) {
      request.addHeader("User-Agent", userAgent);
    }
    for (var header : headers) {
      if (!header.is("Host") && !header.isOfBody()) {
        request.addHeader(header.name(), header.value().reveal());
      }
    }
    if (asksForGzip()) {
      request.addHeader("Accept-Encoding", "gzip");
    }
    if (proxy != null && proxy.authorization() != null) {
      request.addHeader(Header.PROXY_AUTHORIZATION, proxy.authorization().reveal());
    }
    return request;
  }

  /// A request with nothing but its line; `target` is sent as it is.
  static ClassicHttpRequest line(String method, String target) {
    return new BasicClassicHttpRequest(method, null, null, target); // others take it to pieces
  }

  private String host(Origin origin) {
    for (var header : headers) {
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

  private boolean has(String name) {
    for (var header : headers) {
      if (header.is(name)) {
        return true;
      }
    }
    return false;
  }

  // Of a record's own equals and hashCode, each would load the class of a client's settings.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HttpGet get
        && uri.equals(get.uri)
        && headers.equals(get.headers)
        && Objects.equals(client, get.client);
  }

  @Override
  public int hashCode() {
    return Objects.hash(uri, headers, client);
  }

  /// Origin, path and the headers' names: neither user, password, query nor values.
  @Override
  public String toString() {
    return "GET "
        + Origin.of(uri)
        + uri.getRawPath()
        + headers.stream().map(Header::name).collect(Collectors.joining(", ", " [", "]"));
  }
}
