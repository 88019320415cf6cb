package io.sentryexporter.sentry.api;

import static io.sentryexporter.testing.Failures.because;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.testing.CpuTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  private static final String NOW = "2026-11-22T10:00:00Z";

  private static String link(String next, boolean results) {
    return "Link: <https://elsewhere.example/api/0/x/?a=1,2&cursor=100:-1:1>; rel=\"previous\";"
        + " results=\"false\"; cursor=\"100:-1:1\", <https://elsewhere.example/?cursor="
        + next
        + ">; rel=\"next\"; results=\""
        + results
        + "\"; cursor=\""
        + next
        + "\"";
  }

  private static String project(int id) {
    return "{\"id\": \"%d\", \"slug\": \"p%d\"}".formatted(id, id);
  }

  @Test
  void pagesAreFollowedByTheirCursorAndDoublesLeftOut() throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            0,
            request ->
                switch (String.join("", RecordedSentry.values(request, "cursor"))) {
                  case "" -> RecordedSentry.json("[" + project(3) + "]", link("100:1:0", true));
                  case "100:1:0" ->
                      RecordedSentry.json(
                          "[" + project(3) + "," + project(1) + "]", link("100:2:0", true));
                  default -> RecordedSentry.json("[" + project(2) + "]", link("100:3:0", false));
                });

    var projects = new Projects("acme").fetch(sentry);

    assertThat(projects).extracting(Project::slug).containsExactly("p1", "p2", "p3");
    assertThat(sentry.requests())
        .extracting(request -> RecordedSentry.values(request, "cursor"))
        .containsExactly(List.of(), List.of("100:1:0"), List.of("100:2:0"));
    assertThat(sentry.requests())
        .allSatisfy(request ->
            assertThat(RecordedSentry.values(request, "all_projects")).containsExactly("1"));
  }

  /// Of as many characters as a head may have.
  @ParameterizedTest
  @ValueSource(strings = {"<", "<a", "<>; ", "<a>;b", "<>;a=\"", " ", "<a>;\t"})
  void aHeaderWithoutEndIsReadInTime(String part) {
    var answer = RecordedSentry.json("[]", "Link: x" + part.repeat((64 << 10) / part.length()));

    CpuTime.assertLessThan(
        Duration.ofSeconds(5), part, () -> assertThat(Pages.nextCursor(answer)).isEmpty());
  }

  @Test
  void theNextPageMayStandInALinkLineOfItsOwn() throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            0,
            request ->
                RecordedSentry.values(request, "cursor").isEmpty()
                    ? RecordedSentry.json(
                        "[" + project(1) + "]",
                        "Link: <https://x/>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\"",
                        "Link: <https://x/>; rel=\"next\"; results=\"true\"; cursor=\"100:1:0\"")
                    : RecordedSentry.json("[" + project(2) + "]"));

    assertThat(new Projects("acme").fetch(sentry))
        .extracting(Project::slug)
        .containsExactly("p1", "p2");
  }

  @Test
  void aCircleOfPagesIsRefused() {
    var sentry =
        RecordedSentry.answering(
            NOW, RecordedSentry.json("[" + project(1) + "]", link("100:1:0", true)));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("circle");
    assertThat(sentry.requests()).hasSize(2);
  }

  @Test
  void pagesWithoutEndAreRefused() {
    var count = new int[1];
    var sentry =
        new RecordedSentry(
            NOW, 0, _ -> RecordedSentry.json("[]", link("100:" + count[0]++ + ":0", true)));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("1000 pages");
    assertThat(sentry.requests()).hasSize(1_000);
  }

  @Test
  void moreItemsThanAnyOrganizationHasAreRefused() throws Exception {
    assertThat(itemsOfFourPages(25_000)).hasSize(100_000);
    assertThatThrownBy(() -> itemsOfFourPages(25_001))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("more than 100000 items");
  }

  private static List<String> itemsOfFourPages(int each) throws Exception {
    String page = IntStream.range(0, each).mapToObj(_ -> "{}").collect(joining(",", "[", "]"));
    var count = new int[1];
    var sentry =
        new RecordedSentry(
            NOW, 0, _ -> RecordedSentry.json(page, link("100:" + count[0] + ":0", count[0]++ < 3)));
    return Pages.read(
        sentry,
        new ApiGet.Parameters().to(Endpoint.PROJECTS, "acme"),
        "{}",
        json -> {
          json.skip();
          return "";
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a\\nb", "LONG"})
  void aSlugThatLeadsElsewhereOrIsNotItsOwnLabelIsRefused(String slug) {
    String written = slug.equals("LONG") ? "x".repeat(129) : slug;
    String answer = "[{\"id\": 1, \"slug\": \"" + written + "\"}]";
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json(answer));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("where a slug should");
  }

  @Test
  void projectsOfTheSameSlugAreRefused() {
    String answer = "[{\"id\": 1, \"slug\": \"web\"}, {\"id\": 2, \"slug\": \"web\"}]";
    var sentry = RecordedSentry.answering(NOW, RecordedSentry.json(answer));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("same slug");
  }

  @Test
  void aNextPageWithoutCursorIsRefused() {
    var sentry =
        RecordedSentry.answering(
            NOW, RecordedSentry.json("[]", "Link: <https://x/>; rel=\"next\"; results=\"true\""));

    assertThatThrownBy(() -> new Projects("acme").fetch(sentry))
        .satisfies(because(Reason.PARSE))
        .hasMessageContaining("no cursor");
  }

  @Test
  void aListTooLargeAtOnceIsRequestedInPages() throws Exception {
    var sentry =
        new RecordedSentry(
            NOW,
            0,
            request -> {
              if (!RecordedSentry.values(request, "all_projects").isEmpty()) {
                throw new SentryException(Reason.TOO_LARGE, "too large", 200, -1);
              }
              return RecordedSentry.json("[" + project(1) + "]", link("100:1:0", false));
            });

    assertThat(new Projects("acme").fetch(sentry)).hasSize(1);
    assertThat(RecordedSentry.values(sentry.requests().get(1), "per_page")).containsExactly("100");
  }
}
