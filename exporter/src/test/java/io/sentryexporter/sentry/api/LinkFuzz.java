package io.sentryexporter.sentry.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.Origin;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.wire.Headers;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Any header `Link`, in one line or several: no next page, or a cursor that the header has, with
/// which the next request goes where the first one went.
public final class LinkFuzz {
  private static final URI SERVER = URI.create("https://sentry.example:8443/below");

  /// A head is not longer.
  private static final int LONGEST = 64 << 10;

  private LinkFuzz() {}

  public static void check(byte[] lines) {
    var text = new String(lines, ISO_8859_1);
    var fields =
        text.substring(0, Math.min(LONGEST, text.length()))
            .lines()
            .map(line -> Map.entry("Link", line))
            .toList();
    HttpAnswer answer = answer(fields);
    Optional<String> cursor;
    try {
      cursor = Pages.nextCursor(answer);
    } catch (SentryException e) {
      assertThat(e.reason()).isEqualTo(Reason.PARSE);
      Sound.assertMessage(e.getMessage());
      return;
    }
    if (cursor.isPresent()) {
      assertThat(cursor.get()).isNotEmpty().doesNotContain("\"");
      assertThat(answer.headers().list("Link").orElse("")).contains("\"" + cursor.get() + "\"");
      assertSame(cursor.get());
    }
    assertAfterALink(fields, cursor);
  }

  private static HttpAnswer answer(List<Map.Entry<String, String>> fields) {
    return new HttpAnswer(200, Headers.of(fields), new byte[0], 0);
  }

  private static void assertSame(String cursor) {
    var first = new ApiGet.Parameters().with("per_page", 100).to(Endpoint.PROJECTS, "acme");
    var query =
        Stream.concat(first.query().stream(), Stream.of(new ApiGet.Parameter("cursor", cursor)));
    URI next = new ApiGet(first.endpoint(), first.path(), query.toList()).address(SERVER);
    assertThat(Origin.of(next)).isEqualTo(Origin.of(SERVER));
    assertThat(next.getRawPath()).isEqualTo("/below/api/0/organizations/acme/projects/");
    assertThat(next.getRawFragment()).isNull();
    assertThat(next.getRawQuery()).startsWith("per_page=100&cursor=").doesNotContain(" ");
    assertThat(next.getRawQuery().chars().filter(c -> c == '&').count()).isOne();
  }

  /// What stands before them in another line, a link to the page before, changes nothing.
  private static void assertAfterALink(
      List<Map.Entry<String, String>> fields, Optional<String> cursor) {
    var link = "<https://sentry.example/>; rel=\"previous\"; results=\"true\"; cursor=\"0:0:1\"";
    var all = Stream.concat(Stream.of(Map.entry("Link", link)), fields.stream()).toList();
    try {
      assertThat(Pages.nextCursor(answer(all))).isEqualTo(cursor);
    } catch (SentryException e) {
      throw new AssertionError("refused behind another link", e);
    }
  }
}
