package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.wire.Headers;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Endpoints whose removal Sentry announces in the headers of its answers; the log names each once.
public final class Deprecations {
  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(Locale.ROOT);

  private static final Pattern REPLACEMENT = Pattern.compile("[\\w/{}<>:.+ -]{1,200}");
  private static final Logger log = LoggerFactory.getLogger(Deprecations.class);

  private final String key;
  private final String name;
  private final Map<Endpoint, Deprecation> byEndpoint = new ConcurrentHashMap<>();

  /// An endpoint and its end.
  ///
  /// @param replacement what Sentry names instead; empty if it names nothing
  public record Deprecation(Endpoint endpoint, Instant date, String replacement) {}

  /// @param key of the log's field that names the source of the answers, such as `instance`
  /// @param name the value of that field
  public Deprecations(String key, String name) {
    this.key = key;
    this.name = name;
  }

  /// Reads the headers of an answer.
  ///
  /// @param mask hides the request's secrets, which a server may send back
  public void read(Endpoint endpoint, Headers headers, UnaryOperator<String> mask) {
    String told = headers.first("X-Sentry-Deprecation-Date").orElse(null);
    Instant date = told == null ? null : date(told);
    if (date == null) {
      return;
    }
    String replacement = mask.apply(headers.first("X-Sentry-Replacement-Endpoint").orElse(""));
    String shown = REPLACEMENT.matcher(replacement).matches() ? replacement : "";
    if (byEndpoint.put(endpoint, new Deprecation(endpoint, date, shown)) == null) {
      log.atWarn()
          .addKeyValue(key, name)
          .addKeyValue("endpoint", endpoint.name())
          .addKeyValue("path", endpoint.path())
          .addKeyValue("date", date)
          .addKeyValue("replacement", shown.isEmpty() ? "none" : shown)
          .log("sentry is going to remove an endpoint; look for a newer exporter");
    }
  }

  /// By the endpoints' names.
  List<Deprecation> all() {
    return byEndpoint.values().stream()
        .sorted(Comparator.comparing(one -> one.endpoint().name()))
        .toList();
  }

  /// A date with or without a time and an offset, as Python writes them; null if it is none.
  private static @Nullable Instant date(String text) {
    try {
      TemporalAccessor read =
          DATE.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return switch (read) {
        case OffsetDateTime time -> time.toInstant();
        case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
        default -> LocalDate.from(read).atStartOfDay(ZoneOffset.UTC).toInstant();
      };
    } catch (DateTimeException _) {
      return null;
    }
  }
}
