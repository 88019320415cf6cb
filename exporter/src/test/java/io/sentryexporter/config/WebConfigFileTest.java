package io.sentryexporter.config;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import io.sentryexporter.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Web configuration files, good and bad, a file for each rule, and promtool's verdict on them.
class WebConfigFileTest {
  private static final Path FOLDER = Path.of("exporter/src/test/resources/web-config");

  /// Files with keys that promtool 2.42 does not know; the toolkit's documentation judges them.
  private static final String NEWER = "newer-";

  /// Where the verdict is not promtool's, on purpose, and why.
  private static final Map<String, String> DIFFERENT =
      Map.of(
          "version-old-max.bad.yml", "nothing that is spoken is left: no client could connect",
          "version-min-above-max.bad.yml", "no version is left: no client could connect",
          "ciphers-weak-only.bad.yml", "no suite is left: no client of TLS 1.2 could connect",
          "ciphers-of-another-key.bad.yml", "no suite is for the certificate, and TLS 1.3 is off",
          "ciphers-of-another-key-rsa.bad.yml", "the same",
          "client-authority-is-key.bad.yml", "no authority, so no client could connect",
          "client-authority-no-certificate.bad.yml",
              "no client could connect; promtool of later versions refuses it too",
          "second-document.bad.yml", "promtool reads the first only, so its users are for nothing",
          "header-blank-enumeration.good.yml", "unset if blank, as the documentation has it");

  @ParameterizedTest
  @MethodSource("files")
  void aFileIsAcceptedOrRefusedWithAllThatIsWrongInIt(String name) {
    var read = WebConfigFile.read(FOLDER.resolve(name));

    assertThat(read.config() != null).as("%s", read.problems()).isEqualTo(isGood(name));
    assertThat(read.problems().stream().anyMatch(Problem::isError)).isNotEqualTo(isGood(name));
    var lines =
        read.problems().stream()
            .map(problem -> problem.toString().replace(FOLDER + "/", "") + "\n")
            .collect(joining());
    assertThat(lines).doesNotContain("CANARY");
    if (!lines.isEmpty()) {
      Golden.assertMatches(
          FOLDER.resolve(name.replaceFirst("\\.(good|bad)\\.yml", ".expected.txt")), lines);
    }
  }

  @Test
  @Tag(RealParts.TAG)
  void promtoolComesToTheSameVerdict(@TempDir Path work) throws IOException {
    Path promtool = RealParts.program("promtool", "prometheus");
    var names = files().filter(name -> !name.startsWith(NEWER)).toList();
    assertThat(names).hasSizeGreaterThanOrEqualTo(60).containsAll(DIFFERENT.keySet());

    var verdicts = new TreeMap<String, Boolean>();
    for (int i = 0; i < names.size(); i += RealParts.share(3, 1)) {
      String name = names.get(i);
      Path file = FOLDER.resolve(name).toAbsolutePath();
      try (var check = Program.start(work, promtool, "check", "web-config", file)) {
        verdicts.put(name, check.exitCode(Duration.ofSeconds(60)) == 0);
      }
    }

    assertThat(verdicts)
        .allSatisfy((name, isAccepted) ->
            assertThat(isAccepted).as(name).isEqualTo(isGood(name) != DIFFERENT.containsKey(name)));
  }

  @Test
  void pathsMayBeAbsoluteAndRelativeOnesAreRelativeToTheFile(@TempDir Path elsewhere)
      throws IOException {
    Path pki = FOLDER.resolve("pki").toAbsolutePath();
    Path file =
        Files.writeString(
            elsewhere.resolve("web.yml"),
            "tls_server_config: {cert_file: %s/server.pem, key_file: server.key}\n".formatted(pki));
    assertThat(WebConfigFile.read(file).problems()).hasSize(1);
    Files.copy(pki.resolve("server.key"), elsewhere.resolve("server.key"));

    var read = WebConfigFile.read(file);

    assertThat(read.config()).isNotNull();
    assertThat(read.files())
        .containsExactlyInAnyOrder(
            file, pki.resolve("server.pem"), elsewhere.resolve("server.key"));
  }

  @Test
  void aFileThatIsNotThereIsReported(@TempDir Path folder) {
    assertThat(WebConfigFile.read(folder.resolve("web.yml")).problems())
        .extracting(Problem::toString)
        .containsExactly(
            folder + "/web.yml: no such file; write it, or name another with --web.config.file");
  }

  static Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yml"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static boolean isGood(String name) {
    return name.endsWith(".good.yml");
  }
}
