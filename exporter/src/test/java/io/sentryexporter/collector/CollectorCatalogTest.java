package io.sentryexporter.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.metrics.Metric;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.yaml.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class CollectorCatalogTest {
  private static final List<CollectorType> ALL = CollectorCatalog.types();

  @Test
  void aCollectorHasItsNameInTheCatalog() {
    assertThat(CollectorCatalog.ALL)
        .extracting(CollectorCatalog.Entry::name)
        .containsExactlyElementsOf(ALL.stream().map(CollectorType::name).toList());
  }

  @Test
  void whatIsOnByDefaultNeedsThreeScopesOnly() {
    assertThat(ALL)
        .filteredOn(CollectorType::usedByDefault)
        .flatExtracting(CollectorType::endpoints)
        .extracting(Endpoint::scope)
        .isSubsetOf("org:read", "project:read", "event:read");
  }

  @Test
  void noMetricIsDeclaredTwice() {
    assertThat(ALL)
        .flatExtracting(CollectorType::metrics)
        .extracting(Metric::name)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void noKeyIsDeclaredTwice(CollectorType type) {
    assertThat(ConfiguredCollector.keys(type)).extracting(Key::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void theProbeAddsTheOrganization(CollectorType type) {
    assertThat(type.metrics())
        .flatExtracting(Metric::labels)
        .doesNotContain("organization", "collector", "instance", "job");
  }

  @ParameterizedTest
  @FieldSource("ALL")
  void withoutSettingsACollectorIsReadUnlessOneIsRequired(CollectorType type) {
    boolean required = type.keys().stream().anyMatch(Key::isRequired);

    assertThat(Acme.problems(type, "{}")).hasSize(required ? 1 : 0);
  }

  static Stream<Path> goldens() throws IOException {
    try (var files = Files.list(Path.of("exporter/src/test/resources/collector"))) {
      return files.filter(file -> file.toString().endsWith(".prom")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  @Tag(RealParts.TAG)
  void promtoolAcceptsTheGoldenPages(Path golden) throws IOException, InterruptedException {
    var promtool = RealParts.program("promtool", "prometheus");
    var process =
        new ProcessBuilder(List.of(promtool.toString(), "check", "metrics"))
            .redirectInput(golden.toFile())
            .redirectErrorStream(true)
            .start();
    var complaints = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(complaints).isZero();
    assertThat(complaints).isEmpty();
  }

  @Test
  void eachCollectorHasAGoldenPage() throws IOException {
    var names = new ArrayList<String>();
    goldens().forEach(file -> names.add(file.getFileName().toString()));

    assertThat(names)
        .containsAll(ALL.stream().map(type -> type.name() + ".organization.prom").toList());
  }
}
