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
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.testing.TestMetrics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  /// Project 1 has had fewer events under the slug than project 2 has in the new epoch by now.
  @Test
  void aSlugThatIsAnothersInTheNextEpochIsZeroFirstSoThatTheResetShows() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    var swapped = new Project[] {project(1, "api"), project(2, "web"), project(3, "new")};
    assertThat(owned(marks, DECEMBER, swapped).totals().byProject())
        .isEqualTo(Map.of(1L, Map.of(ACCEPTED, 0L), 2L, Map.of(ACCEPTED, 0L)));
    Totals later = totals(DECEMBER, 120);
    assertThat(marks.owned("outcomes", "acme", MONTH, later, List.of(swapped)).totals())
        .isEqualTo(later);
  }

  @Test
  void theResetShowsAlsoWhereTheProbeOfAnotherProjectIsTheFirstOfTheEpoch() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    owned(marks, DECEMBER, project(1, "api"));
    assertThat(owned(marks, DECEMBER, project(2, "web")).totals().of(2))
        .isEqualTo(Map.of(ACCEPTED, 0L));
  }

  @Test
  void aSlugThatGoesToAnotherLongAfterTheSwitchIsNotZero() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    owned(marks, DECEMBER, project(1, "shop"));
    Totals later = totals(DECEMBER, 7_200);
    assertThat(marks.owned("outcomes", "acme", MONTH, later, List.of(project(2, "web"))).totals())
        .isEqualTo(later);
  }

  @Test
  void aProjectThatKeepsItsSlugIsNotZeroInTheNextEpoch() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    assertThat(owned(marks, DECEMBER, project(1, "web"), project(2, "api")).totals())
        .isEqualTo(totals(DECEMBER, 60));
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
    Totals soon = totals(NOVEMBER, 119);
    Totals.Owned still = marks.owned("outcomes", "acme", MONTH, soon, List.of(renamed, created));
    assertThat(still.totals().of(2)).isEqualTo(Map.of(ACCEPTED, 0L));
    Totals later = totals(NOVEMBER, 120);
    Totals.Owned next = marks.owned("outcomes", "acme", MONTH, later, List.of(renamed, created));
    assertThat(next.totals()).isEqualTo(later);
  }

  @Test
  void theOwnersOfSlugsAreSavedWithTheNextAnswerWhereTheDiskFailed() throws Exception {
    Path file = Files.writeString(parent.resolve("file"), "not a folder");
    var storage = MarksStorage.in(file);
    var marks = marks(storage);
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    Files.delete(file);
    owned(marks, NOVEMBER, project(1, "web"), project(2, "api"));
    assertThat(owned(marks(storage), NOVEMBER, project(2, "web")).withheld()).containsExactly(2L);
  }

  @Test
  void ofTwoOwnersOfASlugTheLaterOneHasItAlsoAfterARestart() {
    var storage = MarksStorage.in(parent);
    var marks = marks(storage);
    owned(marks, NOVEMBER, project(2, "web"));
    owned(marks, NOVEMBER, project(1, "web", NOVEMBER.plusSeconds(10)));

    assertThat(owned(marks(storage), NOVEMBER, project(2, "web")).withheld()).containsExactly(2L);
    assertThat(owned(marks(storage), NOVEMBER, project(1, "web")).withheld()).isEmpty();
  }

  @Test
  void aProjectThatIsWithheldIsInTheLogOnce() {
    var marks = marks(MarksStorage.none());
    owned(marks, NOVEMBER, project(1, "web"));
    var log = LogCapture.of(HighWaterMarks.class);
    for (int i = 0; i < 2; i++) {
      owned(marks, NOVEMBER, project(2, "web"));
      assertThat(log.lines()).singleElement().asString().contains("counters withheld", "web");
    }
  }

  @Test
  void beyondTwentyThousandOrganizationsTheOwnersOfTheOneOfLongestAgoAreForgotten() {
    var marks = marks(MarksStorage.none());
    for (int i = 0; i < 20_000; i++) {
      owned(marks, i, project(1, "web"));
    }
    assertThat(owned(marks, 0, project(2, "web")).withheld()).containsExactly(2L);
    owned(marks, 20_000, project(1, "web"));
    assertThat(owned(marks, 2, project(2, "web")).withheld()).containsExactly(2L);
    assertThat(owned(marks, 1, project(2, "web")).withheld()).isEmpty();
  }

  private static Totals.Owned owned(HighWaterMarks marks, int organization, Project project) {
    var totals = new Totals(NOVEMBER, NOVEMBER.plusSeconds(60), Map.of());
    return marks.owned("outcomes", "acme-" + organization, MONTH, totals, List.of(project));
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
