package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One page of a list, and the `Link` header to its neighbours.
///
/// A cursor is `page size:page:is previous`, opaque to clients.
record Page(int size, int number) {
  private static final int MAX_SIZE = 100;

  static Page read(Query query) throws Refused {
    return read(query, "per_page", MAX_SIZE);
  }

  /// @param parameter name of the parameter for the length of a page
  static Page read(Query query, String parameter, int maxSize) throws Refused {
    var size = size(query.last(parameter), parameter, maxSize);
    var cursor = query.last("cursor");
    return cursor == null ? new Page(size, 0) : ofCursor(cursor, maxSize);
  }

  private static int size(@Nullable String text, String parameter, int maxSize) throws Refused {
    if (text == null) {
      return maxSize;
    }
    var size = number(text, "Invalid " + parameter + " parameter.");
    if (size < 1 || size > maxSize) {
      throw Refused.badRequest(
          "Invalid " + parameter + " value. Must be between 1 and " + maxSize + ".");
    }
    return size;
  }

  private static Page ofCursor(String cursor, int maxSize) throws Refused {
    var complaint = "Invalid cursor parameter.";
    var parts = cursor.split(":", -1);
    if (parts.length != 3) {
      throw Refused.badRequest(complaint);
    }
    var size = number(parts[0], complaint);
    var page = number(parts[1], complaint);
    if (size < 1 || size > maxSize) {
      throw Refused.badRequest(complaint);
    }
    return new Page(size, Math.max(0, page));
  }

  private static int number(String text, String complaint) throws Refused {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw Refused.badRequest(complaint);
    }
  }

  /// The answer with this page of `items`, each written by `json`.
  <T> Answer of(List<T> items, Function<T, String> json, Call call, URI url) {
    var body = part(items).stream().map(json).collect(Collectors.joining(",", "[", "]"));
    return linked(Answer.json(body), items.size(), call, url);
  }

  /// The items of this page.
  <T> List<T> part(List<T> items) {
    return items.stream().skip((long) number * size).limit(size).toList();
  }

  /// The answer with the header that leads to the neighbours of this page.
  ///
  /// @param items how many there are on all pages
  Answer linked(Answer answer, int items, Call call, URI url) {
    var more = (long) (number + 1) * size < items;
    return answer.with(
        "Link",
        link(call, url, "previous", number > 0, size + ":" + (number - 1) + ":1")
            + ", "
            + link(call, url, "next", more, size + ":" + (number + 1) + ":0"));
  }

  private static String link(Call call, URI url, String rel, boolean results, String cursor) {
    var query = withoutCursor(call.rawQuery());
    return "<%s://%s%s?%s&cursor=%s>; rel=\"%s\"; results=\"%s\"; cursor=\"%s\""
        .formatted(
            url.getScheme(), url.getAuthority(), call.path(), query, cursor, rel, results, cursor);
  }

  private static String withoutCursor(String rawQuery) {
    return List.of(rawQuery.split("&", -1)).stream()
        .filter(parameter -> !parameter.startsWith("cursor="))
        .collect(Collectors.joining("&"));
  }
}
