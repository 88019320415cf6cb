package io.sentryexporter.config;

/// How many series a probe may answer.
///
/// @param page all of them
/// @param project those of one project
public record SeriesLimits(int page, int project) {
  public SeriesLimits {
    if (page < 1 || project < 1) {
      throw new IllegalArgumentException("page " + page + ", project " + project);
    }
  }
}
