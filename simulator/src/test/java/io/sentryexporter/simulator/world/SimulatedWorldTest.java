package io.sentryexporter.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulatedWorldTest {
  private static final Instant MONDAY = Instant.parse("2026-11-02T00:00:00Z");

  private final SimulatedWorld world = SimulatedWorld.demo(7);

  @Test
  void theDemonstrationHasThreeOrganizationsOfTwelveProjects() {
    assertThat(world.organizations()).containsExactly("acme", "globex", "initech");
    assertThat(world.organizations()).allMatch(slug -> world.projects(slug).size() == 12);
    assertThat(world.projects("acme")).contains("web", "api", "mobile").isSorted();
  }

  @Test
  void hundredsOfProjectsCanBeHad() {
    assertThat(world.withOrganization("big", 500).projects("big"))
        .hasSize(500)
        .contains("project-0001", "project-0500");
  }

  @Test
  void projectsAreRenamedAndLeftOutWithTheirData() {
    var swapped = world.withRenamed("acme", Map.of("web", "api", "api", "web", "mobile", "app"));
    var acme = Objects.requireNonNull(swapped.organization("acme"));

    assertThat(swapped.projects("acme")).hasSize(12).contains("app").doesNotContain("mobile");
    assertThat(day(swapped, "web")).isEqualTo(day(world, "api"));
    assertThat(day(swapped, "app")).isEqualTo(day(world, "mobile"));
    assertThat(acme.renamed()).containsEntry("mobile", "app").doesNotContainKeys("web", "api");
    assertThat(world.without("acme", Set.of("web")).projects("acme"))
        .hasSize(11)
        .doesNotContain("web");
  }

  private static long day(SimulatedWorld world, String project) {
    return world.received("acme", project, MONDAY, MONDAY.plus(Duration.ofDays(1)));
  }

  @Test
  void nightsAreQuieterThanDays() {
    var night = hours("api", 0, 6);
    var day = hours("api", 9, 15);

    assertThat(day).isGreaterThan(2 * night);
  }

  @Test
  void weekendsAreQuieterThanWeekdays() {
    var week = days("acme", "api", MONDAY, 5) / 5;
    var weekend = days("acme", "api", MONDAY.plus(Duration.ofDays(5)), 2) / 2;

    assertThat(week).isGreaterThan(3 * weekend / 2);
  }

  @Test
  void aBadReleaseShowsForThreeHoursEveryNineDays() {
    var loudHours =
        LongStream.range(0, 18 * 24)
            .filter(hour -> hour(hour) > 2 * hour(hour - 7 * 24) && hour(hour) > 5_000)
            .count();

    assertThat(loudHours).isEqualTo(6);
  }

  @Test
  void releasesFollowEachOtherWithoutGapsAndTheBadOneLastsAsLongAsItsSpike() {
    var from = MONDAY.getEpochSecond();
    var until = from + 40 * 86_400;
    for (var project : world.all().getFirst().projects()) {
      var releases = project.releases().inUse(project, from, until);

      assertThat(releases.getFirst().created()).isLessThanOrEqualTo(from);
      assertThat(releases.getLast().replaced()).isGreaterThanOrEqualTo(until);
      for (var i = 1; i < releases.size(); i++) {
        assertThat(releases.get(i).created()).isEqualTo(releases.get(i - 1).replaced());
      }
      assertThat(releases).extracting(Release::version).doesNotHaveDuplicates();
      assertThat(releases)
          .filteredOn(Release::bad)
          .allMatch(bad -> bad.replaced() - bad.created() == Rhythm.SPIKE_SECONDS)
          .hasSizeGreaterThanOrEqualTo(project.slug().equals("web") ? 4 : 0);
    }
  }

  @Test
  void anOverrunQuotaShowsAfterMidMonth() {
    var overrun =
        world.all().get(1).projects().stream()
            .flatMap(project -> project.flows().stream())
            .filter(flow -> flow.kind().reason().equals("usage_exceeded"))
            .toList();
    var first = Instant.parse("2026-11-01T00:00:00Z").getEpochSecond();
    var sixteenth = Instant.parse("2026-11-16T00:00:00Z").getEpochSecond();
    var twentieth = Instant.parse("2026-11-20T00:00:00Z").getEpochSecond();

    assertThat(overrun).isNotEmpty();
    assertThat(overrun).allMatch(flow -> flow.quantity(first, sixteenth) == 0);
    assertThat(overrun).allMatch(flow -> flow.quantity(sixteenth, twentieth) > 0);
  }

  @Test
  void whatIsNotASlugIsRefused() {
    assertThatThrownBy(() -> world.withOrganization("<b>", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"<b>\" is not a slug");
    assertThatThrownBy(() -> world.withOrganization("acme", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("organization acme exists already");
    assertThatThrownBy(() -> world.received("acme", "nothing", MONDAY, MONDAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no project nothing in acme");
  }

  private long hours(String project, int from, int until) {
    return world.received(
        "acme", project, MONDAY.plus(Duration.ofHours(from)), MONDAY.plus(Duration.ofHours(until)));
  }

  private long hour(long index) {
    var from = MONDAY.plus(Duration.ofHours(index));
    return world.received("acme", "web", from, from.plus(Duration.ofHours(1)));
  }

  private long days(String organization, String project, Instant from, int days) {
    return world.received(organization, project, from, from.plus(Duration.ofDays(days)));
  }
}
