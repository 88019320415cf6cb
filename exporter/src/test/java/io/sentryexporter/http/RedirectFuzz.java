package io.sentryexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.http.HttpClient.Redirect;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.util.List;

/// Any `Location`, behind a digit for the page that redirects: the next request goes to the same
/// server, or from http to https of the same name, with one sound request line; or it is refused
/// with a message that names no more than an origin.
public final class RedirectFuzz {
  private static final List<URI> PAGES =
      List.of(
          URI.create("https://sentry.example/api/0/organizations/"),
          URI.create("http://sentry.example"),
          URI.create("http://sentry.example:9000/below/?a=b"),
          URI.create("http://under_score:9000/a/b"),
          URI.create("https://[::1]:9000/"));

  private static final Deadline OPEN = Deadlines.open();

  /// A head is not longer.
  private static final int LONGEST = 64 << 10;

  private RedirectFuzz() {}

  public static void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    URI from = PAGES.get((input[0] & 0xff) % PAGES.size());
    var location = new String(input, 1, Math.min(LONGEST, input.length - 1), ISO_8859_1);
    Origin here = Origin.of(from);
    URI target;
    try {
      target = new Redirect(from, location).target(new CallState(here, null, OPEN));
    } catch (HttpFailure.RedirectRefused e) {
      Sound.assertMessage(e.getMessage());
      return;
    } catch (HttpFailure e) {
      throw new AssertionError(e);
    }
    Origin there = Origin.of(target);
    boolean isUpgrade =
        from.toString().equals("http://sentry.example")
            && there.toString().equals("https://sentry.example");
    assertThat(there.equals(here) || isUpgrade).as(there.toString()).isTrue();
    assertThat(there.port()).isBetween(1, 65_535);
    String head = Wire.head(new HttpGet(from, List.of()), target);
    assertThat(head)
        .matches(
            "GET /[!-\"$-~]* HTTP/1\\.1\\r\\nHost: [!-~]+\\r\\nUser-Agent: fuzz\\r\\n"
                + "Accept-Encoding: gzip\\r\\n\\r\\n")
        .contains("\r\nHost: " + there.authority() + "\r\n");
  }
}
