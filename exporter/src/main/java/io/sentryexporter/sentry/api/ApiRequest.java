package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.text.PercentEncoding;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A request to one of Sentry's endpoints, before address and token are known.
///
/// @param path what stands for the braces in the endpoint's path, in order; plain text, which is
///   escaped as a segment each
/// @param query in order; a name may come again
public record ApiRequest(Endpoint endpoint, List<String> path, List<Parameter> query) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]*}");
  private static final String UNRESERVED = "-._~"; // RFC 3986, in addition to letters and digits

  public ApiRequest {
    path = List.copyOf(path);
    query = List.copyOf(query);
  }

  /// A parameter of the query, as plain text.
  public record Parameter(String name, String value) {}

  /// The path below the server's address, such as `/api/0/organizations/acme/projects/`.
  ///
  /// @throws IllegalArgumentException if a segment is empty, `.` or `..`, which lead elsewhere, or
  ///   there are too many or too few
  public String escapedPath() {
    Iterator<String> segments = path.iterator();
    String escaped =
        PLACEHOLDER.matcher(endpoint.path()).replaceAll(match -> segment(match, segments));
    if (segments.hasNext()) {
      throw new IllegalArgumentException(endpoint.path() + " has no place for all of " + path);
    }
    return escaped;
  }

  /// The whole address.
  ///
  /// @param server without a slash at the end
  public URI address(URI server) {
    String parameters =
        query.stream()
            .map(parameter ->
                PercentEncoding.of(parameter.name(), UNRESERVED)
                    + "="
                    + PercentEncoding.of(parameter.value(), UNRESERVED))
            .collect(Collectors.joining("&"));
    return URI.create(server + escapedPath() + (parameters.isEmpty() ? "" : "?" + parameters));
  }

  private String segment(MatchResult place, Iterator<String> segments) {
    String segment = segments.hasNext() ? segments.next() : "";
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException(
          "\"" + segment + "\" cannot stand for " + place.group() + " in " + endpoint.path());
    }
    return Matcher.quoteReplacement(PercentEncoding.of(segment, UNRESERVED));
  }
}
