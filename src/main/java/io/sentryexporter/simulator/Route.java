package io.sentryexporter.simulator;

import java.util.List;

/// A declared endpoint.
///
/// @param template its path, with `{organization}` and `{project}` where a slug or id stands
/// @param limitPerSecond its own limit, or [RateLimits#SHARED_LIMIT]
record Route(
    String template, List<String> segments, Access access, int limitPerSecond, Handler handler) {
  /// Makes the answer to a call that may be made.
  @FunctionalInterface
  interface Handler {
    Answer answer(Call call) throws Refused;
  }

  static final String ORGANIZATION = "{organization}";
  static final String PROJECT = "{project}";

  Route(String template, Access access, int limitPerSecond, Handler handler) {
    this(template, Request.segments(template), access, limitPerSecond, handler);
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
