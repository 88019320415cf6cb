package io.sentryexporter.sentry.marks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestMetrics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlugOwnersTest {
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");
  private static final Instant LONG_AGO = Instant.parse("2018-11-06T21:19:58Z");
  private static final Counting MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final OutcomeKey ACCEPTED = new OutcomeKey("error", "accepted");

  @TempDir Path parent;

  private final TestClock clock = new TestClock(NOVEMBER);
  private final ExporterMetrics metrics = TestMetrics.create();

  @Test
  void aProjectThatIsRenamedHasNewLabelsAndItsCount() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    assertThat(owned(marks, NOVEMBER, project(1, "shop")))
        .isEqualTo(new Totals.Owned(totals(NOVEMBER, 60), Set.of()));
  }

  @Test
  void projectsThatSwapSlugsAreWithheldUntilTheEpochEndsAndCounted() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    var swapped = new Project[] {project(1, "api"), project(2, "web")};
    Totals.Owned owned = owned(marks, NOVEMBER, swapped);
    assertThat(owned.withheld()).containsExactlyInAnyOrder(1L, 2L);
    assertThat(owned.totals().byProject()).isEmpty();
    assertThat(page()).contains("sentry_exporter_counters_withheld{collector=\"outcomes\"} 2.0");
    assertThat(owned(marks, DECEMBER, swapped).withheld()).isEmpty();
    assertThat(page()).contains("sentry_exporter_counters_withheld{collector=\"outcomes\"} 0.0");
  }

  @Test
  void aSlugThatWasTakenFromAProjectIsWithheldAlsoAfterARestart() {
    var storage = MarksStorage.in(parent);
    owned(marks(storage), NOVEMBER, project(1, "web"), project(2, "api"));
    assertThat(owned(marks(storage), NOVEMBER, project(2, "web")).withheld()).containsExactly(2L);
  }

  @Test
  void aProjectThatIsCreatedUnderTheSlugOfAnotherIsANewSeriesFromZero() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    var created = project(2, "web", NOVEMBER.plusSeconds(10));
    var renamed = project(1, "old");
    Totals.Owned first = owned(marks, NOVEMBER, renamed, created);
    assertThat(first.withheld()).isEmpty();
    assertThat(first.totals().of(1)).isEqualTo(Map.of(ACCEPTED, 10L));
    assertThat(first.totals().of(2)).isEqualTo(Map.of(ACCEPTED, 0L));
    Totals later = totals(NOVEMBER, 120);
    Totals.Owned next = marks.owned("outcomes", "acme", MONTH, later, List.of(renamed, created));
    assertThat(next.totals()).isEqualTo(later);
  }

  @Test
  void aProjectOfUnknownAgeCountsAsOlder() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    assertThat(owned(marks, NOVEMBER, project(2, "web", null)).withheld()).containsExactly(2L);
  }

  @Test
  void aProjectThatGetsItsSlugBackIsExposedAgain() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    owned(marks, NOVEMBER, project(1, "shop"));
    assertThat(owned(marks, NOVEMBER, project(1, "web")).totals().of(1))
        .isEqualTo(Map.of(ACCEPTED, 10L));
  }

  private HighWaterMarks marks(MarksStorage storage) {
    return new InstanceMarks(storage, metrics.sentry(), clock::nanos)
        .of("default", URI.create("https://sentry.example"));
  }

  private static Totals.Owned owned(HighWaterMarks marks, Instant start, Project... projects) {
    return marks.owned("outcomes", "acme", MONTH, totals(start, 60), List.of(projects));
  }

  private static Totals totals(Instant start, int second) {
    return new Totals(
        start,
        start.plusSeconds(second),
        Map.of(1L, Map.of(ACCEPTED, 10L), 2L, Map.of(ACCEPTED, 20L)));
  }

  private static Project project(long id, String slug) {
    return project(id, slug, LONG_AGO);
  }

  private static Project project(long id, String slug, @Nullable Instant created) {
    return new Project(id, slug, "", List.of()).createdAt(created);
  }

  private String page() {
    return new String(metrics.page(Exposition.TEXT), StandardCharsets.UTF_8);
  }
}
