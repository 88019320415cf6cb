package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.endpoint.Call;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.Request;
import io.sentryexporter.simulator.options.Feature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A declared endpoint.
///
/// @param template its path, with `{organization}` and `{project}` where a slug or id stands
/// @param feature that a Sentry must have to know it; null if all do
/// @param limitPerSecond its own limit, or [RateLimits#SHARED_LIMIT]
public record Route(
    String template,
    List<String> segments,
    Access access,
    @Nullable Feature feature,
    int limitPerSecond,
    Handler handler) {
  /// Makes the answer to a call that may be made.
  @FunctionalInterface
  interface Handler {
    Answer answer(Call call) throws Refused;
  }

  static final String ORGANIZATION = "{organization}";
  static final String PROJECT = "{project}";

  Route(String template, Access access, int limitPerSecond, Handler handler) {
    this(template, Request.segments(template), access, null, limitPerSecond, handler);
  }

  /// This route, known only to a Sentry that has `needed`.
  Route of(Feature needed) {
    return new Route(template, segments, access, needed, limitPerSecond, handler);
  }

  boolean matches(List<String> path) {
    if (path.size() != segments.size()) {
      return false;
    }
    for (var i = 0; i < path.size(); i++) {
      var segment = segments.get(i);
      if (segment.charAt(0) != '{' && !segment.equals(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Where in the path the value of `placeholder` stands, -1 if nowhere.
  int indexOf(String placeholder) {
    return segments.indexOf(placeholder);
  }
}
