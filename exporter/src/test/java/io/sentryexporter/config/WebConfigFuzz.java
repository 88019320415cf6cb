package io.sentryexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.WebConfig;
import io.sentryexporter.wire.HttpSyntax;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Any bytes as a web configuration file: settings that the listener can use, or errors with places
/// that show no secret.
public final class WebConfigFuzz {
  private static final Path FILE = file();

  private WebConfigFuzz() {}

  public static void check(byte[] file) throws IOException {
    Files.write(FILE, file);

    WebConfigFile.Result read = WebConfigFile.read(FILE);

    ConfigFuzz.assertProblems(read.problems(), file);
    assertThat(read.files()).contains(FILE);
    assertThat(read.config() == null)
        .isEqualTo(read.problems().stream().anyMatch(Problem::isError));
    if (read.config() != null) {
      assertUsable(read.config());
    }
  }

  private static void assertUsable(WebConfig config) {
    for (var header : config.headers()) {
      assertThat(HttpSyntax.isToken(header.name())).isTrue();
      assertThat(HttpSyntax.isValue(header.value())).isTrue();
    }
    config.users().forEach((name, hash) -> assertThat(hash).as(name).isNotNull());
    var limit = config.rateLimit();
    if (limit != null) {
      assertThat(limit.interval()).isPositive();
      assertThat(limit.burst()).isPositive();
    }
  }

  private static Path file() {
    try {
      var file = Files.createTempFile("fuzz-web-", ".yml");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
