package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.model.SentryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lists that Sentry returns in pages.
///
/// The header `Link` names the next page. Its URL is built from what the server takes for its own
/// address, which often differs from the configured one; so only the cursor is taken from it.
public final class Pages {
  /// Ten times what the largest organizations have.
  private static final int MOST_PAGES = 1_000;

  private static final Pattern LINK =
      Pattern.compile("<[^<>]*>((?:\\s*;\\s*\\w+=\"[^\"]*\"){0,10})");
  private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private static final int MOST_ITEMS = 100 * MOST_PAGES;

  private Pages() {}

  /// All items of all pages, in Sentry's order. An item may come twice, if the list grew meanwhile.
  ///
  /// @param shape of an item
  public static <T> List<T> read(Fetching sentry, ApiGet first, String shape, Json.Reading<T> item)
      throws SentryException, InterruptedException {
    var items = new ArrayList<T>();
    var cursors = new HashSet<String>();
    ApiGet request = first;
    while (true) {
      HttpAnswer answer = sentry.get(request);
      items.addAll(items(sentry, answer, shape, item));
      if (items.size() > MOST_ITEMS) {
        throw Json.malformed(
            answer, list(shape), "it has more than " + MOST_ITEMS + " items on all pages");
      }
      Optional<String> next = nextCursor(answer);
      if (next.isEmpty()) {
        return items;
      }
      if (!cursors.add(next.get())) {
        throw Json.malformed(answer, list(shape), "its pages lead in a circle");
      }
      if (cursors.size() == MOST_PAGES) {
        throw Json.malformed(answer, list(shape), "it has more than " + MOST_PAGES + " pages");
      }
      request = at(first, next.get());
    }
  }

  /// The items of one page, without those that cannot be read.
  public static <T> List<T> items(
      Json.Drops drops, HttpAnswer answer, String shape, Json.Reading<T> item)
      throws SentryException {
    return Json.read(answer, list(shape), drops, json -> json.items(item));
  }

  /// The cursor of the page after this one, empty if there is none.
  public static Optional<String> nextCursor(HttpAnswer answer) throws SentryException {
    Matcher links = LINK.matcher(answer.headers().list("Link").orElse(""));
    while (links.find()) {
      String attributes = links.group(1);
      if (attribute(attributes, "rel").equals("next")
          && attribute(attributes, "results").equals("true")) {
        String cursor = attribute(attributes, "cursor");
        if (cursor.isEmpty()) {
          throw Json.malformed(answer, "a page of a list", "the next page has no cursor");
        }
        return Optional.of(cursor);
      }
    }
    return Optional.empty();
  }

  private static String attribute(String attributes, String name) {
    Matcher each = ATTRIBUTE.matcher(attributes);
    while (each.find()) {
      if (each.group(1).equals(name)) {
        return each.group(2);
      }
    }
    return "";
  }

  private static ApiGet at(ApiGet first, String cursor) {
    var query = new ArrayList<>(first.query());
    query.add(new ApiGet.Parameter("cursor", cursor));
    return new ApiGet(first.endpoint(), first.path(), query);
  }

  private static String list(String shape) {
    return "[" + shape + ", …]";
  }
}
