package io.sentryexporter.config;

/// The maximum numbers of series that a probe returns.
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
