package io.sentryexporter.docs;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Grafana dashboards of the distribution. A real Prometheus runs their queries in
/// `MonitoringIT`.
class DashboardsTest {
  private static final Path FOLDER = Path.of("deploy/grafana");
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
  private static final Pattern METRIC = Pattern.compile("(?<![:\\w])sentry_[a-z0-9_]+\\b(?!:)");
  private static final Pattern NAMED = Pattern.compile("__name__=~\"([a-z_|]+)\"");
  private static final Pattern RECORDED = Pattern.compile("\\b[a-z_]+:[a-z_]+:\\w+");
  private static final Pattern RECORD = Pattern.compile("- record: (\\S+)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z]\\w*)");
  private static final int COLUMNS = 24;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path work = Path.of("");

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyPanelStatesWhatItShowsInWhichUnit(Path file) throws IOException {
    var titles = new HashSet<String>();
    for (JsonNode panel : panels(file)) {
      String title = panel.path("title").asString();
      assertThat(titles.add(title)).as("another " + title).isTrue();
      assertThat(panel.path("description").asString()).as(title).endsWith(".");
      assertThat(panel.at("/fieldConfig/defaults/unit").asString("")).as(title).isNotEmpty();
      assertThat(panel.path("targets").size()).as(title).isPositive();
      for (JsonNode target : panel.path("targets")) {
        boolean isNamed = !target.path("legendFormat").asString("").isEmpty();
        assertThat(isNamed || !panel.path("type").asString().equals("timeseries"))
            .as("%s has a legend", title)
            .isTrue();
        assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void ratesHaveSeveralSamplesWithADataSourceOfDefaults(Path file) throws IOException {
    for (JsonNode panel : panels(file)) {
      for (JsonNode target : panel.path("targets")) {
        if (target.path("expr").asString().contains("$__rate_interval")) {
          assertThat(target.path("interval").asString("")).as("%s", panel).isEqualTo("1m");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void everyQueryNamesMetricsThatExistAndVariablesThatTheDashboardHas(Path file)
      throws IOException {
    Set<String> metrics = found(METRIC, Files.readString(Path.of("docs/metrics.md")));
    Set<String> recorded =
        RECORD
            .matcher(Files.readString(Path.of("examples/alerts.yml")))
            .results()
            .map(rule -> rule.group(1))
            .collect(toSet());
    var variables = new HashSet<String>();
    JSON.readTree(Files.readString(file))
        .at("/templating/list")
        .forEach(variable -> variables.add(variable.path("name").asString()));

    assertThat(variables).contains("datasource", "instance");
    for (String query : queries(file)) {
      String bare = TEXT.matcher(query).replaceAll("");
      var named = found(METRIC, bare);
      NAMED
          .matcher(query)
          .results()
          .forEach(names -> named.addAll(List.of(names.group(1).split("\\|", -1))));
      assertThat(named.stream().map(name -> name.replaceFirst("_(bucket|sum|count)$", "")))
          .as(query)
          .allMatch(name -> metrics.contains(name));
      assertThat(found(RECORDED, bare)).as(query).isSubsetOf(recorded);
      assertThat(VARIABLE.matcher(query).results().map(variable -> variable.group(1)))
          .as(query)
          .isSubsetOf(variables);
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void panelsStandNextToEachOtherAndHaveNumbersOfTheirOwn(Path file) throws IOException {
    var taken = new HashSet<List<Integer>>();
    var numbers = new HashSet<Integer>();
    for (JsonNode panel : JSON.readTree(Files.readString(file)).path("panels")) {
      assertThat(numbers.add(panel.path("id").asInt())).isTrue();
      JsonNode place = panel.path("gridPos");
      int x = place.path("x").asInt();
      int right = x + place.path("w").asInt();
      assertThat(right).isLessThanOrEqualTo(COLUMNS);
      for (int column = x; column < right; column++) {
        for (int line = 0; line < place.path("h").asInt(); line++) {
          assertThat(taken.add(List.of(column, place.path("y").asInt() + line)))
              .as("place of %s", panel.path("title"))
              .isTrue();
        }
      }
    }
  }

  @Test
  void eachLinksTheOthersAndKeepsTimeAndVariables() throws IOException {
    var names = new HashSet<String>();
    for (Path file : dashboards()) {
      JsonNode dashboard = JSON.readTree(Files.readString(file));
      JsonNode link = dashboard.path("links").path(0);
      assertThat(link.path("tags").path(0).asString())
          .isEqualTo(dashboard.path("tags").path(0).asString());
      assertThat(link.path("includeVars").asBoolean()).isTrue();
      assertThat(link.path("keepTime").asBoolean()).isTrue();
      assertThat(file).hasFileName(dashboard.path("uid").asString() + ".json");
      names.add(dashboard.path("uid").asString());
    }
    assertThat(names)
        .containsExactlyInAnyOrder("sentry-organization", "sentry-project", "sentry-exporter");
    assertThat(Files.readString(FOLDER.resolve("dashboards/sentry-organization.json")))
        .contains("/d/sentry-project?");
  }

  @Test
  @Tag(RealParts.TAG)
  void theirSourcesTypecheckAgainstGrafanasTypesAndGiveTheSameBytes() throws IOException {
    Path node = RealParts.program("node", "nodejs");
    Path compiler = FOLDER.resolve("node_modules/typescript/bin/tsc").toAbsolutePath();
    RealParts.require(compiler, "run npm ci in deploy/grafana");
    Path built = FOLDER.toAbsolutePath();

    Program.read(Program.NO_INPUT, work, node, compiler, "-p", built, "--outDir", work);
    var environment = Map.of("NODE_PATH", built.resolve("node_modules").toString());
    var command = List.of(node.toString(), work.resolve("main.js").toString(), work.toString());
    try (var program = Program.start(work, environment, command)) {
      assertThat(program.exitCode(PATIENCE)).as(program.err()).isZero();
    }

    for (Path file : dashboards()) {
      assertThat(work.resolve(file.getFileName()))
          .as("npm run build in deploy/grafana writes it")
          .hasSameTextualContentAs(file);
    }
  }

  static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve("dashboards"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static List<JsonNode> panels(Path file) throws IOException {
    var panels = new ArrayList<JsonNode>();
    for (JsonNode panel : JSON.readTree(Files.readString(file)).path("panels")) {
      if (!panel.path("type").asString().equals("row")) {
        panels.add(panel);
      }
    }
    return panels;
  }

  private static List<String> queries(Path file) throws IOException {
    return panels(file).stream()
        .flatMap(panel -> panel.path("targets").valueStream())
        .map(target -> target.path("expr").asString())
        .toList();
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group).collect(toSet());
  }
}
