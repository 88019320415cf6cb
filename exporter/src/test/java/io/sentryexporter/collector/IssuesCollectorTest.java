package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.IssuesCollector.Counted;
import io.sentryexporter.collector.IssuesCollector.Search;
import io.sentryexporter.collector.IssuesCollector.Whose;
import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Issues.Issue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuesCollectorTest {
  private static final String ALL =
      "{levels: [fatal, error], new_windows: [1h, 24h], top: 2, top_window: 1h}";

  private static final List<Issue> NOISIEST =
      List.of(
          new Issue("WEB-1A", "web", "error", "escalating", 12_000),
          new Issue("WEB-2", "web", "fatal", "new", 3));

  @Test
  void anOrganizationIsCountedAsAWhole() {
    var collector = collector(ALL);

    CollectorPage.assertMatches(
        "issues.organization.prom",
        IssuesCollector.TYPE,
        collector.families(counted(collector, ""), NOISIEST));
  }

  @Test
  void aProjectIsCountedByItself() {
    var collector = collector(ALL);

    CollectorPage.assertMatches(
        "issues.project.prom",
        IssuesCollector.TYPE,
        collector.families(counted(collector, "web"), NOISIEST));
  }

  @Test
  void byDefaultOnlySubstatusesAreCounted() {
    assertThat(collector("{}").searches())
        .extracting(Search::query)
        .containsExactly("is:new", "is:ongoing", "is:escalating", "is:regressed");
  }

  @Test
  void eachCountHasItsSearch() {
    assertThat(collector("{substatuses: [], levels: [fatal], new_windows: [168h]}").searches())
        .extracting(Search::query)
        .containsExactly("is:unresolved level:fatal", "firstSeen:-168h");
  }

  @Test
  void aProbeOfOneProjectCountsNothingByDefault() {
    assertThat(collector("{}").whose(Acme.PROJECT)).isEmpty();
    assertThat(collector("per_project: true").whose(Acme.PROJECT))
        .extracting(Whose::label)
        .containsExactly("web");
  }

  @Test
  void eachProjectIsCountedInsteadOfTheOrganizationIfConfigured() {
    assertThat(collector("{}").whose(Acme.ORGANIZATION))
        .extracting(Whose::label)
        .containsExactly("");
    assertThat(collector("per_project: true").whose(Acme.ORGANIZATION))
        .extracting(Whose::label)
        .containsExactly("api", "new", "web");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "substatuses: [old] | x.yml:1:15: substatuses[0]: \"old\" is not known here; write new or"
            + " ongoing or escalating or regressed",
        "levels: [severe]   | x.yml:1:10: levels[0]: \"severe\" is not known here; write fatal or"
            + " error or warning or info or debug",
        "top: 101           | x.yml:1:6: top: \"101\" is out of range; write 0 to 100",
      })
  void wrongSettingsAreReported(String yaml, String message) {
    assertThat(Acme.problems(IssuesCollector.TYPE, yaml)).containsExactly(message);
  }

  /// The first search finds one issue, the second two, …; Sentry stopped counting at the third.
  private static List<Counted> counted(IssuesCollector collector, String project) {
    var counted = new ArrayList<Counted>();
    for (Search search : collector.searches()) {
      long count = counted.size() + 1L;
      counted.add(new Counted(search, project, new Issues.Count(count, count == 3)));
    }
    return counted;
  }

  private static IssuesCollector collector(String yaml) {
    return (IssuesCollector) Acme.configured(IssuesCollector.TYPE, yaml);
  }
}
