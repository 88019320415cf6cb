package io.sentryexporter.docs;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.collector.ConfiguredCollector;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.yaml.DurationText;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Writes `docs/collectors.md` from what the collectors declare.
class CollectorsPageTest {

  @Test
  void thePageShowsEveryCollector() {
    Golden.assertMatches(
        Path.of("docs/collectors.md"),
        """
        # Collectors

        Generated from what the collectors declare; `mvn verify -Dgolden=update` writes it anew.

        A module of `prober: sentry` has the collectors that it names below `collectors:`, each with its
        settings or `{}`; one that names none has those with “yes” here.

        | collector | on by default | refresh | token needs |
        | --- | --- | --- | --- |
        %s
        Every collector keeps Sentry's answers for its refresh interval, for all scrapes, so probing
        each project costs no more than probing the organization. For an organization,
        `/probe?target=organization` has all its projects. For `organization/project` there are the same
        metrics of that project alone, without those that are about the organization as a whole; they
        come from the same answers.

        *Requests* below are those to Sentry for each refresh, in an organization of n projects.

        ## Settings of every collector

        In addition to its own, every collector has:

        %s
        %s\
        """
            .formatted(
                CollectorCatalog.types().stream()
                    .map(CollectorsPageTest::row)
                    .collect(Collectors.joining("\n", "", "\n")),
                commonSettings(),
                CollectorCatalog.types().stream()
                    .map(CollectorsPageTest::section)
                    .collect(Collectors.joining("\n"))));
  }

  private static String row(CollectorType type) {
    return "| [`%s`](#%s) | %s | %s | %s |"
        .formatted(
            type.name(),
            type.name(),
            type.usedByDefault() ? "yes" : "no",
            DurationText.of(type.refreshInterval()),
            type.endpoints().stream()
                .map(Endpoint::scope)
                .distinct()
                .map(scope -> "`" + scope + "`")
                .collect(Collectors.joining(", ")));
  }

  private static String section(CollectorType type) {
    return "## `%s`\n\n%s\n%s\n%s%s"
        .formatted(
            type.name(),
            Paragraph.of("", "", type.help()),
            Paragraph.of("", "", "Requests: " + type.cost() + "."),
            type.keys().isEmpty() ? "" : KeyGrammar.of(type.keys()).block() + "\n",
            metrics(type));
  }

  private static String metrics(CollectorType type) {
    String names =
        type.metrics().stream()
            .map(metric -> "`" + metric.name() + "`")
            .collect(Collectors.joining(", "));
    return Paragraph.of(
        "", "", "[Metrics](metrics.md#collector-%s): %s.".formatted(type.name(), names));
  }

  private static String commonSettings() {
    CollectorType any = CollectorCatalog.types().getFirst();
    return KeyGrammar.of(
            ConfiguredCollector.keys(any).stream()
                .filter(key -> !any.keys().contains(key))
                .toList())
        .block();
  }
}
