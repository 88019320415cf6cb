package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.text.PercentEncoding;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request to one of Sentry's endpoints, before address and token are known.
///
/// @param path what stands for the braces in the endpoint's path, in order; plain text, which is
///   escaped as a segment each
/// @param query in order; a name may come again
public record ApiGet(Endpoint endpoint, List<String> path, List<Parameter> query) {
  /// Stands for all projects that the token sees; without it some servers take those of the teams
  /// that its user belongs to.
  static final long ALL_PROJECTS = -1;

  /// Projects that a request can name: their ids make its address 6 kB long.
  public static final int MOST_NAMED = 240;

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]*}");
  private static final String UNRESERVED = "-._~"; // RFC 3986, in addition to letters and digits

  public ApiGet {
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

  /// A length of time in Sentry's form, such as `24h` or `90m`.
  public static String period(Duration length) {
    boolean isHours = length.equals(Duration.ofHours(length.toHours()));
    return isHours ? length.toHours() + "h" : length.toMinutes() + "m";
  }

  private String segment(MatchResult place, Iterator<String> segments) {
    String segment = segments.hasNext() ? segments.next() : "";
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException(
          "\"" + segment + "\" cannot stand for " + place.group() + " in " + endpoint.path());
    }
    return Matcher.quoteReplacement(PercentEncoding.of(segment, UNRESERVED));
  }

  /// The parameters of a request as they are put together, in order.
  public static final class Parameters {
    private final List<Parameter> parameters = new ArrayList<>();

    public Parameters with(String name, String value) {
      parameters.add(new Parameter(name, value));
      return this;
    }

    public Parameters with(String name, long value) {
      return with(name, Long.toString(value));
    }

    /// A time, in whole seconds.
    public Parameters with(String name, Instant time) {
      return with(name, time.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    public Parameters withEach(String name, Collection<String> values) {
      values.forEach(value -> with(name, value));
      return this;
    }

    /// One project or all.
    ///
    /// @param project its id; null for all
    public Parameters project(@Nullable Long project) {
      return with("project", project == null ? ALL_PROJECTS : project);
    }

    /// Some projects or all.
    ///
    /// @param ids empty for all
    public Parameters projects(List<Long> ids) {
      if (ids.isEmpty()) {
        return project(null);
      }
      ids.forEach(this::project);
      return this;
    }

    /// The request.
    ///
    /// @param path what stands for the braces in the endpoint's path
    public ApiGet to(Endpoint endpoint, String... path) {
      return new ApiGet(endpoint, List.of(path), parameters);
    }
  }
}
