package io.sentryexporter.collector;

import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import io.sentryexporter.yaml.YamlFile;
import java.util.List;

/// An organization with three projects, and settings read as from a file.
final class Acme {
  static final Project WEB = new Project(101, "web", "javascript-react", List.of("shop", "design"));
  static final Project API = new Project(102, "api", "python", List.of("shop"));

  /// Nobody has set it up yet.
  static final Project NEW = new Project(103, "new", "", List.of());

  /// A project that was deleted, or that the token may not see.
  static final long GONE = 99;

  static final Scope ORGANIZATION = Scope.ofOrganization("acme", List.of(WEB, API, NEW));
  static final Scope PROJECT = Scope.ofProject("acme", WEB);

  private Acme() {}

  /// A collector with settings that are right.
  static Collector configured(CollectorType type, String yaml) {
    var problems = new Problems("x.yml");
    var configured = read(type, yaml, problems);
    if (!problems.inOrder().isEmpty()) {
      throw new IllegalArgumentException(problems.inOrder().toString());
    }
    return configured.collector();
  }

  /// The problems of settings.
  static List<String> problems(CollectorType type, String yaml) {
    var problems = new Problems("x.yml");
    read(type, yaml, problems);
    return problems.inOrder().stream().map(Problem::toString).toList();
  }

  private static ConfiguredCollector read(CollectorType type, String yaml, Problems problems) {
    var keys = ConfiguredCollector.keys(type);
    return ConfiguredCollector.read(type, YamlFile.read(yaml, keys, problems));
  }
}
