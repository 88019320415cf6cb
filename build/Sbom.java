import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes the bill of materials (CycloneDX 1.6) of a distribution, into it and alongside it: the
/// jars of `lib/`, what is compiled into them, and the Java runtime, if it has one.
///
/// Coordinates and digests come from `build/artifacts.sha256`, licences from `docs/third-party.md`;
/// a jar that one of them lacks ends the build. Neither time nor serial number is in it, so that
/// two builds give the same bytes.
public class Sbom {
  private static final Pattern DISTRIBUTION =
      Pattern.compile("sentry_exporter-(?<version>.+)\\.(?:linux-\\w+|java\\d+)");

  /// `| name | version | licence |`
  private static final Pattern LIBRARY =
      Pattern.compile(
          "(?m)^\\| (?<name>[\\w-]+) \\| (?<version>[\\w.-]+) \\| (?<licence>[^|]+) \\|");

  /// group:name version (licence: text) in jar
  private static final Pattern PART =
      Pattern.compile(
          "(?m)^- `(?<group>[\\w.]+):(?<name>[\\w-]+)` (?<version>\\S+)"
              + " \\((?<licence>[\\w.-]+): [^)]+\\) in\\s+`(?<jar>[\\w-]+)`");

  private static final int DIGEST_LENGTH = 64;

  private final Path distribution;
  private final String version;
  private final List<String> artifacts;
  private final String licences;

  /// @param sha256 empty where no file is known
  private record Library(
      String group, String name, String version, String licence, String sha256, boolean isSource) {
    String purl() {
      return "pkg:maven/%s/%s@%s?%stype=jar"
          .formatted(group, name, version, isSource ? "classifier=sources&" : "");
    }

    /// Its JSON, with what it contains.
    String json(List<Library> parts) {
      return """
      {"type": "library", "bom-ref": "%s",
        "group": "%s", "name": "%s", "version": "%s",
        "licenses": [{"expression": "%s"}], "purl": "%s"%s%s}\
      """
          .formatted(
              purl(),
              group,
              name,
              version,
              licence,
              purl(),
              sha256.isEmpty()
                  ? ""
                  : ",\n  \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"" + sha256 + "\"}]",
              parts.isEmpty()
                  ? ""
                  : parts.stream()
                      .map(part -> part.json(List.of()))
                      .collect(Collectors.joining(",\n", ",\n  \"components\": [", "]")));
    }
  }

  /// @param sources the repository's root
  private Sbom(Path distribution, Path sources) throws Exception {
    var name = DISTRIBUTION.matcher(distribution.getFileName().toString());
    if (!name.matches()) {
      throw new IllegalArgumentException(distribution + " is not the folder of a distribution");
    }
    this.distribution = distribution;
    this.version = name.group("version");
    this.artifacts = Files.readAllLines(sources.resolve("build/artifacts.sha256"));
    this.licences = Files.readString(distribution.resolve("docs/third-party.md"));
  }

  public static void main(String[] args) throws Exception {
    var distribution = Path.of(args[0]);
    var sources = Path.of(args.length > 1 ? args[1] : distribution + "/../..");
    String text = new Sbom(distribution, sources).text();
    Files.writeString(distribution.resolve("sentry_exporter.cdx.json"), text);
    Files.writeString(Path.of(distribution + ".cdx.json"), text);
  }

  private String text() throws Exception {
    var references = new ArrayList<String>();
    var components = new ArrayList<String>();
    try (var files = Files.list(distribution.resolve("lib"))) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        Library library = library(jar);
        references.add("\"" + library.purl() + "\"");
        components.add(library.json(parts(library.name())));
      }
    }
    if (Files.exists(distribution.resolve("runtime"))) {
      references.add("\"runtime\"");
      components.add(runtime());
    }
    return """
    {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": {"component": {"type": "application", "bom-ref": "distribution",
      "name": "sentry_exporter", "version": "%s",
      "licenses": [{"expression": "Apache-2.0"}]}},
    "components": [
    %s],
    "dependencies": [{"ref": "distribution", "dependsOn": [
      %s]}]}
    """
        .formatted(version, String.join(",\n", components), String.join(",\n  ", references));
  }

  private Library library(Path jar) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
    String sha256 = HexFormat.of().formatHex(digest);
    String file = jar.getFileName().toString();
    if (file.matches("sentry_[a-z]+-" + Pattern.quote(version) + "\\.jar")) {
      String name = file.substring(0, file.indexOf('-'));
      return new Library("io.sentryexporter", name, version, "Apache-2.0", sha256, false);
    }
    String line =
        artifacts.stream()
            .filter(artifact -> artifact.startsWith(sha256) && artifact.endsWith("/" + file))
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException(
                    jar
                        + " is not the one of build/artifacts.sha256; build/lock writes a new"
                        + " version"));
    String[] path = line.substring(DIGEST_LENGTH).strip().split("/");
    int name = path.length - 3;
    String group = String.join(".", List.of(path).subList(0, name));
    return LIBRARY
        .matcher(licences)
        .results()
        .filter(row -> row.group("name").equals(path[name]))
        .filter(row -> row.group("version").equals(path[name + 1]))
        .map(row ->
            new Library(group, path[name], path[name + 1], row.group("licence"), sha256, false))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException(jar + " is not in docs/third-party.md; add its row"));
  }

  /// What is compiled into a jar.
  private List<Library> parts(String jar) {
    return PART.matcher(licences)
        .results()
        .filter(part -> part.group("jar").equals(jar))
        .map(part -> {
          String sources =
              "/%1$s/%2$s/%1$s-%2$s-sources.jar"
                  .formatted(part.group("name"), part.group("version"));
          String sha256 =
              artifacts.stream()
                  .filter(artifact -> artifact.endsWith(sources))
                  .map(artifact -> artifact.substring(0, DIGEST_LENGTH))
                  .findFirst()
                  .orElse("");
          return new Library(
              part.group("group"),
              part.group("name"),
              part.group("version"),
              part.group("licence"),
              sha256,
              !sha256.isEmpty());
        })
        .toList();
  }

  /// The runtime, a part of the JDK that runs this.
  private static String runtime() {
    return """
    {"type": "platform", "bom-ref": "runtime", "name": "OpenJDK", "version": "%s",
      "supplier": {"name": "%s"},
      "licenses": [{"expression": "GPL-2.0-only WITH Classpath-exception-2.0"}],
      "cpe": "cpe:2.3:a:oracle:openjdk:%s:*:*:*:*:*:*:*"}\
    """
        .formatted(
            System.getProperty("java.runtime.version"),
            System.getProperty("java.vendor"),
            System.getProperty("java.version"));
  }
}
