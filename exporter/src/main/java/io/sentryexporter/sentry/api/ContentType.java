package io.sentryexporter.sentry.api;

import io.sentryexporter.wire.Headers;
import java.util.Locale;
import java.util.regex.Pattern;

/// The `Content-Type` of an answer, as far as it can be shown.
public final class ContentType {
  private static final Pattern TYPE = Pattern.compile("[\\w.+-]{1,40}/[\\w.+-]{1,40}");

  private ContentType() {}

  /// `type/subtype` without parameters, or why there is none: a server may send anything.
  public static String shown(Headers headers) {
    String header = headers.first("Content-Type").orElse("");
    int end = header.indexOf(';');
    String type = (end < 0 ? header : header.substring(0, end)).strip();
    if (type.isEmpty()) {
      return "no content type";
    }
    return TYPE.matcher(type).matches() ? type : "an odd content type";
  }

  /// Whether a type, as it is shown, is JSON.
  public static boolean isJson(String shown) {
    String lower = shown.toLowerCase(Locale.ROOT);
    return lower.equals("application/json") || lower.endsWith("+json");
  }
}
