package io.sentryexporter.sentry.transport;

import java.util.Set;

/// HTTP statuses that count as success.
///
/// @param codes empty for every 2xx
public record Statuses(Set<Integer> codes) {
  public Statuses {
    codes = Set.copyOf(codes);
  }

  public boolean contains(int status) {
    return codes.isEmpty() ? status >= 200 && status < 300 : codes.contains(status);
  }
}
