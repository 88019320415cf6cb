package io.sentryexporter.sentry.transport;

import java.util.Set;

/// HTTP statuses that count as success.
///
/// @param codes empty for every 2xx that comes with what was requested
public record Statuses(Set<Integer> codes) {
  /// Something is there, but not all of it: no status by which a count could be trusted, even if it
  /// is named.
  public static final int PARTIAL_CONTENT = 206;

  /// 202: not done yet; 205: nothing to show. A body with them is not what was requested.
  private static final Set<Integer> WITHOUT_DATA = Set.of(202, 205);

  public Statuses {
    codes = Set.copyOf(codes);
  }

  public boolean contains(int status) {
    if (status == PARTIAL_CONTENT) {
      return false;
    }
    return codes.isEmpty()
        ? status >= 200 && status < 300 && !WITHOUT_DATA.contains(status)
        : codes.contains(status);
  }
}
