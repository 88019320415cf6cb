package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.PackagedExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The distribution's lists of the software of others, `docs/third-party.md` and the bill of
/// materials, are compared with its jars.
class ThirdPartyIT {
  private static final Path FOLDER = PackagedExporter.distribution();
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (?<name>[\\w-]+) \\| (?<version>[\\d.]+) \\| (?<licence>[^|]+?) \\|"
              + " (?<text>[^|]+?) \\|");
  private static final Pattern FILE = Pattern.compile("`(licenses/[^`]+|LICENSE|NOTICE)`");
  private static final Pattern PROTOBUF =
      Pattern.compile(".*/com_google_protobuf_([0-9_]+)/RuntimeVersion.class");

  @Test
  void everyLibraryIsListedWithItsVersionAndTheLicenceThatItsJarNames() throws IOException {
    var shipped = new TreeMap<String, String>();
    for (Path jar : libraries()) {
      String file = fileName(jar);
      MatchResult row = listed().get(file);
      shipped.put(file, licence(jar, row == null ? "not listed" : row.group("licence")));
    }

    var named = new TreeMap<String, String>();
    listed().forEach((file, row) -> named.put(file, row.group("licence")));
    assertThat(named).isEqualTo(shipped);
  }

  @Test
  void theTextOfEveryLicenceAndEveryNoticeIsWhereThePageNamesIt() throws IOException {
    for (var row : listed().entrySet()) {
      var jar = FOLDER.resolve("lib/" + row.getKey());
      String texts = entries(jar, "META-INF/(LICENSE|NOTICE)(\\.\\w+)?").toString();
      String where = row.getValue().group("text");
      assertThat(where.contains("jar")).as(row.getKey()).isEqualTo(texts.contains("LICENSE"));
      assertThat(where.contains("NOTICE")).as(row.getKey()).isEqualTo(texts.contains("NOTICE"));
      for (String further : entries(jar, "META-INF/.+-LICENSE.*")) {
        assertThat(page()).contains("`" + further + "`");
      }
    }
    for (MatchResult file : FILE.matcher(page()).results().toList()) {
      assertThat(FOLDER.resolve(file.group(1))).isNotEmptyFile();
    }
    assertThat(FOLDER.resolve("runtime/legal/java.base")).isNotEmptyDirectory();
  }

  @Test
  void whatIsContainedInOtherJarsIsListedWithItsVersion() throws IOException {
    String formats = "prometheus-metrics-exposition-formats";
    Path jar =
        libraries().stream()
            .filter(library -> fileName(library).startsWith(formats + "-"))
            .findFirst()
            .orElseThrow();
    var protobuf = PROTOBUF.matcher(entries(jar, PROTOBUF.pattern()).first());

    assertThat(protobuf.matches()).isTrue();
    assertThat(part(bill(), formats).path("version").asString())
        .isEqualTo(protobuf.group(1).replace('_', '.'));
    assertThat(part(bill(), "sentry_exporter").path("name").asString()).isEqualTo("picocli");
    assertThat(Files.readString(Path.of("exporter/pom.xml")))
        .contains(
            "<version>"
                + part(bill(), "sentry_exporter").path("version").asString()
                + "</version>");
  }

  @Test
  void theBillOfMaterialsHasEveryJarWithItsDigestTheRuntimeAndNothingElse() throws IOException {
    var digests = new TreeMap<String, String>();
    for (Path jar : jars()) {
      digests.put(fileName(jar), sha256(jar));
    }

    var billed = new TreeMap<String, String>();
    for (JsonNode component : bill().path("components")) {
      if (component.path("type").asString().equals("library")) {
        billed.put(
            component.path("name").asString() + "-" + component.path("version").asString() + ".jar",
            component.path("hashes").path(0).path("content").asString());
      } else {
        assertThat(component.path("version").asString()).startsWith(javaVersion());
      }
    }
    assertThat(billed).isEqualTo(digests);
    assertThat(bill().path("components").size()).isEqualTo(digests.size() + 1);
  }

  @Test
  void theBillOfMaterialsNamesLicencesAndCoordinates() throws IOException {
    for (JsonNode component : bill().path("components")) {
      String file =
          component.path("name").asString() + "-" + component.path("version").asString() + ".jar";
      MatchResult row = listed().get(file);
      if (row != null) {
        assertThat(component.path("licenses").path(0).path("expression").asString())
            .isEqualTo(row.group("licence"));
        assertThat(component.path("purl").asString())
            .isEqualTo(
                "pkg:maven/%s/%s@%s?type=jar"
                    .formatted(
                        component.path("group").asString(),
                        row.group("name"),
                        row.group("version")));
      }
    }
    assertThat(Path.of(FOLDER + ".cdx.json"))
        .hasSameBinaryContentAs(FOLDER.resolve("sentry_exporter.cdx.json"));
  }

  /// The digests of the sources of what is compiled are checked when they are fetched.
  @Test
  void everyLibraryIsOneThatTheBuildChecks() throws IOException {
    String checked = Files.readString(Path.of("build/artifacts.sha256"));

    for (Path jar : libraries()) {
      assertThat(checked)
          .containsPattern(sha256(jar) + "  \\S+/" + Pattern.quote(fileName(jar)) + "\n");
    }
    String sources =
        part(bill(), "sentry_exporter").path("hashes").path(0).path("content").asString();
    assertThat(checked).containsPattern(sources + "  \\S+/picocli-[0-9.]+-sources\\.jar\n");
  }

  private static String page() throws IOException {
    return Files.readString(FOLDER.resolve("docs/third-party.md"));
  }

  /// The rows of the page, by the name of the jar.
  private static Map<String, MatchResult> listed() throws IOException {
    return ROW.matcher(page())
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group("name") + "-" + row.group("version") + ".jar", row -> row));
  }

  private static JsonNode bill() throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(FOLDER.resolve("sentry_exporter.cdx.json")));
  }

  /// The only part of a component.
  private static JsonNode part(JsonNode bill, String name) {
    for (JsonNode component : bill.path("components")) {
      if (component.path("name").asString().equals(name)) {
        assertThat(component.path("components").size()).isEqualTo(1);
        return component.path("components").path(0);
      }
    }
    throw new AssertionError("no " + name);
  }

  private static List<Path> jars() throws IOException {
    try (var files = Files.list(FOLDER.resolve("lib"))) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /// The jars of others.
  private static List<Path> libraries() throws IOException {
    return jars().stream().filter(jar -> !fileName(jar).startsWith("sentry_")).toList();
  }

  private static SortedSet<String> entries(Path jar, String pattern) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.matches(pattern))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /// The licence in a jar's manifest, in SPDX's words; `otherwise` where it names none.
  private static String licence(Path jar, String otherwise) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      String named = file.getManifest().getMainAttributes().getValue("Bundle-License");
      if (named == null) {
        return otherwise;
      }
      if (named.contains("/epl-v20") && named.contains("lgpl-2.1")) {
        return "EPL-2.0 OR LGPL-2.1-only";
      }
      return named.contains("LICENSE-2.0") ? "Apache-2.0" : named.endsWith("/mit") ? "MIT" : named;
    }
  }

  private static String javaVersion() throws IOException {
    return Files.readAllLines(FOLDER.resolve("runtime/release")).stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> line.substring("JAVA_VERSION=\"".length(), line.length() - 1))
        .findFirst()
        .orElseThrow();
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String fileName(Path file) {
    return file.getFileName().toString();
  }
}
