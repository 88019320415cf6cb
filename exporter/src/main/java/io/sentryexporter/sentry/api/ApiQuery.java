package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parameters of a request as they are put together, in order.
public final class ApiQuery {
  /// Stands for all projects that the token sees; without it some servers take those of the teams
  /// that its user belongs to.
  static final long ALL_PROJECTS = -1;

  /// Projects that a request can name: their ids make its address 6 kB long.
  public static final int MOST_NAMED = 240;

  private final List<ApiRequest.Parameter> parameters = new ArrayList<>();

  public ApiQuery with(String name, String value) {
    parameters.add(new ApiRequest.Parameter(name, value));
    return this;
  }

  public ApiQuery with(String name, long value) {
    return with(name, Long.toString(value));
  }

  /// A time, in whole seconds.
  public ApiQuery with(String name, Instant time) {
    return with(name, time.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  public ApiQuery withEach(String name, Collection<String> values) {
    values.forEach(value -> with(name, value));
    return this;
  }

  /// One project or all.
  ///
  /// @param project its id; null for all
  public ApiQuery project(@Nullable Long project) {
    return with("project", project == null ? ALL_PROJECTS : project);
  }

  /// Some projects or all.
  ///
  /// @param ids empty for all
  public ApiQuery projects(List<Long> ids) {
    if (ids.isEmpty()) {
      return project(null);
    }
    ids.forEach(this::project);
    return this;
  }

  /// A length of time in Sentry's form, such as `24h` or `90m`.
  public static String period(Duration length) {
    boolean isHours = length.equals(Duration.ofHours(length.toHours()));
    return isHours ? length.toHours() + "h" : length.toMinutes() + "m";
  }

  /// The request.
  ///
  /// @param path what stands for the braces in the endpoint's path
  public ApiRequest to(Endpoint endpoint, String... path) {
    return new ApiRequest(endpoint, List.of(path), parameters);
  }
}
