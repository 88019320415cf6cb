package io.sentryexporter.sentry.transport;

import io.sentryexporter.http.HttpGet;
import io.sentryexporter.sentry.model.Endpoint;
import java.util.Set;

/// A call to Sentry's API.
///
/// @param wanted statuses of answers that come with a useful body
/// @param rateShare share of the rate that Sentry advertises, above 0 and at most 1
/// @param isRetry whether this is a retry, after an answer that was none
public record Call(
    Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare, boolean isRetry) {
  public Call {
    if (!(rateShare > 0 && rateShare <= 1)) {
      throw new IllegalArgumentException("rateShare: " + rateShare);
    }
  }

  /// A call that is made for the first time.
  public Call(Endpoint endpoint, HttpGet request, Statuses wanted, double rateShare) {
    this(endpoint, request, wanted, rateShare, false);
  }

  Call again() {
    return new Call(endpoint, request, wanted, rateShare, true);
  }

  /// HTTP statuses that count as success.
  ///
  /// @param codes empty for every 2xx that comes with what was requested
  public record Statuses(Set<Integer> codes) {
    /// Something is there, but not all of it: no status by which a count could be trusted, even if
    /// it is named.
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
}
