package io.sentryexporter.http;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/// One GET request: its URL and headers.
///
/// A header named Host, in any case, sets the Host of the request, while the connection goes to the
/// URL's host. User and password of the URL become basic authorization unless there is an
/// Authorization header. Headers that frame a body (Content-Length, Transfer-Encoding, Trailer) are
/// not sent, for a GET has none.
public record HttpGet(URI uri, List<Header> headers) {
  /// @throws IllegalArgumentException if the URL is not an absolute http or https one with a host
  public HttpGet {
    Origin.of(uri);
    headers = List.copyOf(headers);
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
