package io.sentryexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docs/service-discovery.md gives users to write is read by what will read it. For vmagent
/// that is promtool; for Alloy there is no program at hand.
class ServiceDiscoveryPageTest {
  private static final Path PAGE = Path.of("docs/service-discovery.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path work = Path.of("");

  @Test
  void theOperatorsObjectsHaveItsFieldsOnly() throws IOException {
    String objects = String.join("---\n", blocks("apiVersion:"));

    assertThat(Manifests.read(objects).kinds()).containsExactly("Probe", "ScrapeConfig");
  }

  @Test
  @Tag(RealParts.TAG)
  void promtoolAcceptsEachJob() throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    List<String> jobs = blocks("scrape_configs:");
    assertThat(jobs).hasSize(4);

    for (String job : jobs) {
      Path file = Files.writeString(work.resolve("prometheus.yml"), job);
      assertThat(Program.read(Program.NO_INPUT, work, promtool, "check", "config", file))
          .as(job)
          .contains("SUCCESS");
    }
  }

  private static List<String> blocks(String beginning) throws IOException {
    return YAML.matcher(Files.readString(PAGE))
        .results()
        .map(block -> block.group(1))
        .filter(block -> block.startsWith(beginning))
        .toList();
  }
}
