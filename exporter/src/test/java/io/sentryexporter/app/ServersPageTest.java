package io.sentryexporter.app;

import static java.util.stream.Collectors.joining;

import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.world.SimulatedWorld;
import io.sentryexporter.testing.Golden;
import io.sentryexporter.testing.RunningExporter.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/servers.md` has what probes of each kind of server return.
class ServersPageTest {
  private static final Path PAGE = Path.of("docs/servers.md");
  private static final Pattern TABLE = Pattern.compile("(?m)^\\| collector .*\n(\\|.*\n)+");
  private static final Pattern METRIC = Pattern.compile("(?m)^(sentry_\\w+)[{ ]");

  /// Every collector with what it needs to have data in the demo.
  private static final Map<String, String> COLLECTORS = collectors();

  private static final Map<String, Installation> SERVERS = servers();

  private static Map<String, String> collectors() {
    var collectors = new LinkedHashMap<String, String>();
    collectors.put("projects", "");
    collectors.put("outcomes", "closed_hour: true");
    collectors.put("quota", "limits: {error: 5000000}");
    for (String name :
        List.of("sessions", "releases", "issues", "monitors", "uptime", "client_keys")) {
      collectors.put(name, "");
    }
    collectors.put(
        "queries", "queries: [{name: q, dataset: errors, query: '', aggregate: count()}]");
    return collectors;
  }

  private static Map<String, Installation> servers() {
    var servers = new LinkedHashMap<String, Installation>();
    servers.put("sentry.io", Installation.SENTRY_IO);
    servers.put("26", Installation.SELF_HOSTED);
    servers.put("23", Installation.SELF_HOSTED_23);
    servers.put("21", Installation.SELF_HOSTED_21);
    servers.put("20.6", Installation.SELF_HOSTED_20_6);
    servers.put("GlitchTip", Installation.GLITCHTIP);
    return servers;
  }

  @Test
  void theTableHasWhatProbesOfEachServerReturn() throws IOException {
    var columns = SERVERS.values().stream().map(ServersPageTest::metrics).toList();

    var rows =
        COLLECTORS.keySet().stream()
            .map(collector ->
                row(
                    Stream.concat(
                        Stream.of("`" + collector + "`"),
                        columns.stream()
                            .map(column ->
                                cell(of(column, collector), of(columns.getFirst(), collector))))))
            .collect(joining());
    var head =
        row(Stream.concat(Stream.of("collector"), SERVERS.keySet().stream()))
            + row(Stream.generate(() -> "---").limit(SERVERS.size() + 1L));

    Golden.assertMatches(PAGE, TABLE.matcher(Files.readString(PAGE)).replaceFirst(head + rows));
  }

  private static Set<String> of(Map<String, Set<String>> column, String collector) {
    return column.getOrDefault(collector, Set.of());
  }

  private static String row(Stream<String> cells) {
    return cells.collect(joining(" | ", "| ", " |\n"));
  }

  private static String cell(Set<String> metrics, Set<String> all) {
    if (metrics.isEmpty()) {
      return "–";
    }
    return metrics.containsAll(all) ? "all" : metrics.size() + " of " + all.size();
  }

  /// The names of each collector's metrics of an organization; none where the server lacks all.
  private static Map<String, Set<String>> metrics(Installation server) {
    var metrics = new LinkedHashMap<String, Set<String>>();
    COLLECTORS.forEach((collector, settings) -> {
      var module = "    collectors: {%s: {%s}}\n    timeout: 20s\n".formatted(collector, settings);
      try (var scene =
          Scene.of(
              SimulatedWorld.demo(1),
              TestClock.ticking(Scene.START), // distances of advertised limits need one
              module,
              options -> options.withInstallation(server))) {
        metrics.put(collector, names(scene.probe("acme")));
      }
    });
    return metrics;
  }

  private static Set<String> names(Reply page) {
    var names = new TreeSet<String>();
    METRIC.matcher(page.text()).results().forEach(name -> names.add(name.group(1)));
    names.removeIf(name -> name.startsWith("sentry_probe_"));
    return names;
  }
}
