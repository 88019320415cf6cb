package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.sentry.model.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/security.md` shows the scopes of the code.
class SecurityPageTest {
  @Test
  void thePageShowsTheScopesAndEndpointsOfEveryCollector() throws IOException {
    List<String> rows = CollectorCatalog.types().stream().map(SecurityPageTest::row).toList();

    assertThat(Files.readString(Path.of("docs/security.md")))
        .contains("| --- | --- | --- |\n" + String.join("\n", rows) + "\n\n");
  }

  private static String row(CollectorType type) {
    Stream<String> scopes =
        Stream.concat(Stream.of(Endpoint.PROJECTS), type.endpoints().stream()).map(Endpoint::scope);
    return "| `%s` | %s | %s |"
        .formatted(
            type.name(), quoted(scopes), quoted(type.endpoints().stream().map(Endpoint::name)));
  }

  private static String quoted(Stream<String> names) {
    return names.distinct().sorted().map("`%s`"::formatted).collect(Collectors.joining(", "));
  }
}
