package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Memory;
import io.sentryexporter.yaml.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/limits.md` repeats the table of the code.
class LimitsPageTest {
  @Test
  void thePageSaysHowLongEachRefusalIsRemembered() throws IOException {
    List<String> rows =
        Arrays.stream(Memory.values())
            .map(memory ->
                "| %s | %s | %s |"
                    .formatted(
                        memory.occasion(), DurationText.of(memory.duration()), memory.effect()))
            .toList();

    assertThat(Files.readAllLines(Path.of("docs/limits.md"))).containsSubsequence(rows);
  }
}
