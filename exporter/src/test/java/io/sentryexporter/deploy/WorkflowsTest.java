package io.sentryexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The workflows of the hosting site, as far as they can be checked without it.
class WorkflowsTest {
  private static final Path FOLDER = Path.of(".github/workflows");
  private static final Pattern PINNED =
      Pattern.compile("[\\w-]+/[\\w-]+@(v\\d+\\.\\d+\\.\\d+|[0-9a-f]{40})");

  /// Files of the repository that commands name.
  private static final Pattern FILE =
      Pattern.compile("(?:\\.ci/run|build/\\w+|deploy/[\\w/-]+|pom\\.xml|CHANGELOG\\.md)");

  @ParameterizedTest
  @ValueSource(strings = {"ci.yml", "release.yml"})
  void itIsPinnedBoundedAndRunsWhatIsThere(String name) throws IOException {
    String yaml = Files.readString(FOLDER.resolve(name));
    Map<?, ?> workflow = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
    assertThat(workflow.get("permissions")).isEqualTo(Map.of("contents", "read"));
    Map<?, ?> jobs = (Map<?, ?>) Objects.requireNonNull(workflow.get("jobs"));
    for (Object each : jobs.values()) {
      Map<?, ?> job = (Map<?, ?>) each;
      assertThat(job.get("runs-on")).isNotNull();
      assertThat(job.get("timeout-minutes")).isInstanceOf(Integer.class);
      for (Object step : (List<?>) Objects.requireNonNull(job.get("steps"))) {
        Object action = ((Map<?, ?>) step).get("uses");
        if (action == null) {
          assertThat(((Map<?, ?>) step).get("run")).isNotNull();
        } else {
          assertThat(action.toString()).matches(PINNED);
        }
      }
    }
    assertThat(FILE.matcher(yaml).results().map(MatchResult::group).toList())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Path.of(file)).exists());
  }
}
