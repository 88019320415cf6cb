package io.sentryexporter.docs;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.yaml.DurationText;
import io.sentryexporter.yaml.Key;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Writes `docs/collectors.md` from what the collectors declare.
class CollectorsPageTest {

  @Test
  void thePageShowsEveryCollector() {
    Golden.assertMatches(
        Path.of("docs/collectors.md"),
        """
        # Collectors

        Written by the build from what the collectors declare; `mvn verify -Dgolden=update` writes it anew.

        A module of `prober: sentry` has the collectors that it names below `collectors:`; one that names none
        has those with “yes” here. *Requests* are those to Sentry for each refresh, in an organization of n
        projects. Every collector keeps Sentry's answers for its refresh interval, for all scrapes, so probing
        each project costs no more than probing the organization.

        | collector | on by default | refresh | token needs | requests |
        | --- | --- | --- | --- | --- |
        %s
        For an organization, `/probe?target=organization` has all its projects. For `organization/project` there
        are the same metrics of that project alone, without those that are about the organization as a whole;
        they come from the same answers.

        Every collector has these settings, and those below:

        %s
        %s\
        """
            .formatted(
                CollectorCatalog.ALL.stream()
                    .map(CollectorsPageTest::row)
                    .collect(Collectors.joining("\n", "", "\n")),
                commonSettings(),
                CollectorCatalog.ALL.stream()
                    .map(CollectorsPageTest::section)
                    .collect(Collectors.joining("\n"))));
  }

  private static String row(CollectorType type) {
    return "| [`%s`](#%s) | %s | %s | %s | %s |"
        .formatted(
            type.name(),
            type.name(),
            type.usedByDefault() ? "yes" : "no",
            DurationText.of(type.refreshInterval()),
            type.endpoints().stream()
                .map(Endpoint::scope)
                .distinct()
                .map(scope -> "`" + scope + "`")
                .collect(Collectors.joining(", ")),
            type.cost());
  }

  private static String section(CollectorType type) {
    String settings = type.keys().isEmpty() ? "" : settings(type.keys()) + "\n";
    return "## `%s`\n\n%s\n\n%s%s"
        .formatted(
            type.name(),
            type.help(),
            settings,
            MetricTable.of(List.of("organization"), type.metrics()));
  }

  private static String commonSettings() {
    CollectorType any = CollectorCatalog.ALL.getFirst();
    return ConfiguredCollector.keys(any).stream()
        .filter(key -> !any.keys().contains(key))
        .map(key -> "- `%s: %s`: %s".formatted(key.name(), key.form(), key.help()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String settings(List<Key<?>> keys) {
    return Stream.concat(
            Stream.of("| setting | value | default | |", "| --- | --- | --- | --- |"),
            rows("", keys))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> rows(String path, List<Key<?>> keys) {
    return keys.stream()
        .flatMap(key ->
            Stream.concat(
                Stream.of(
                    "| `%s%s` | `%s` | %s | %s |"
                        .formatted(path, key.name(), key.form(), standard(key), key.help())),
                rows(path + key.name() + "[].", key.below())));
  }

  private static String standard(Key<?> key) {
    if (key.isRequired()) {
      return "required";
    }
    return key.shownDefault().isEmpty() ? "" : "`" + key.shownDefault() + "`";
  }
}
