package io.sentryexporter.sentry.transport;

import io.sentryexporter.wire.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The rate limits in the headers of an answer; each part null if it is absent.
///
/// Sentry counts in fixed windows, nearly always of one second; self-hosted servers send no limits.
/// Times are read against the server's own `Date`, as its clock may differ from the local one.
///
/// @param limit requests in a window, at least 1
/// @param remaining requests left in this window
/// @param reset time to the end of this window, from none to a minute
/// @param concurrentLimit requests at the same time, at least 1
/// @param concurrentRemaining requests more at the same time
/// @param retryAfter time to wait before the next request, five minutes at most
public record RateLimitHeaders(
    @Nullable Long limit,
    @Nullable Long remaining,
    @Nullable Duration reset,
    @Nullable Long concurrentLimit,
    @Nullable Long concurrentRemaining,
    @Nullable Duration retryAfter) {
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /// The last date that was read: nearly all answers of a second have the same.
  private static final AtomicReference<ReadDate> LAST =
      new AtomicReference<>(new ReadDate("", null));

  private record ReadDate(String text, @Nullable Instant date) {}

  /// Reads the headers of an answer.
  ///
  /// @param now the local time, for a server that does not report its own
  public static RateLimitHeaders read(Headers headers, Instant now) {
    Long limit = number(headers.first("X-Sentry-Rate-Limit-Limit").orElse(null));
    Long concurrent = number(headers.first("X-Sentry-Rate-Limit-ConcurrentLimit").orElse(null));
    Long reset = number(headers.first("X-Sentry-Rate-Limit-Reset").orElse(null));
    String retryAfter = headers.first("Retry-After").orElse(null);
    Instant date = reset != null || retryAfter != null ? date(headers) : null;
    Instant serverNow = date == null ? now : date;
    return new RateLimitHeaders(
        limit == null || limit == 0 ? null : limit,
        number(headers.first("X-Sentry-Rate-Limit-Remaining").orElse(null)),
        reset == null
            ? null
            : between(
                Duration.ZERO,
                Duration.between(serverNow, Instant.ofEpochSecond(reset)),
                LONGEST_WINDOW),
        concurrent == null || concurrent == 0 ? null : concurrent,
        number(headers.first("X-Sentry-Rate-Limit-ConcurrentRemaining").orElse(null)),
        retryAfter(retryAfter, serverNow));
  }

  /// The server's time, to the second; null if it does not send it.
  public static @Nullable Instant date(Headers headers) {
    return httpDate(headers.first("Date").orElse(null));
  }

  /// Wait that a 429 with these headers requires, a second at least.
  ///
  /// `Retry-After` comes first. Sentry's own limiter does not send it, but the time at which its
  /// window ends.
  public @Nullable Duration askedWait() {
    Duration asked = retryAfter != null ? retryAfter : reset;
    return asked == null ? null : between(SHORTEST_WAIT, asked, LONGEST_WAIT);
  }

  private static @Nullable Duration retryAfter(@Nullable String text, Instant serverNow) {
    Long seconds = number(text);
    if (seconds != null) {
      return between(Duration.ZERO, Duration.ofSeconds(seconds), LONGEST_WAIT);
    }
    Instant date = httpDate(text);
    return date == null
        ? null
        : between(Duration.ZERO, Duration.between(serverNow, date), LONGEST_WAIT);
  }

  private static Duration between(Duration shortest, Duration time, Duration longest) {
    return Collections.max(List.of(shortest, Collections.min(List.of(time, longest))));
  }

  /// Null for anything but a whole, unsigned number: Sentry also sends the text `None`.
  private static @Nullable Long number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 12) {
      return null;
    }
    boolean digits = text.chars().allMatch(character -> character >= '0' && character <= '9');
    return digits ? Long.valueOf(text) : null;
  }

  private static @Nullable Instant httpDate(@Nullable String text) {
    if (text == null) {
      return null;
    }
    ReadDate last = LAST.get();
    if (!last.text().equals(text)) {
      last = new ReadDate(text, parsed(text));
      LAST.set(last);
    }
    return last.date();
  }

  private static @Nullable Instant parsed(String text) {
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException _) {
      return null;
    }
  }
}
