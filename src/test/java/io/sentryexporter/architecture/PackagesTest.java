package io.sentryexporter.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which package may import which: the map below is the rule.
class PackagesTest {
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("metrics", List.of()),
          Map.entry("http", List.of("metrics")),
          Map.entry("yaml", List.of()),
          Map.entry("sentry", List.of("metrics", "http")),
          Map.entry("collector", List.of("metrics", "yaml", "sentry")),
          Map.entry("config", List.of("yaml", "http", "sentry", "collector")),
          Map.entry("probe", List.of("metrics", "http", "sentry", "collector", "config")),
          Map.entry("simulator", List.of()),
          Map.entry("web", List.of("metrics", "config", "probe")),
          Map.entry(
              "app",
              List.of(
                  "metrics",
                  "http",
                  "yaml",
                  "sentry",
                  "collector",
                  "config",
                  "probe",
                  "simulator",
                  "web")),
          Map.entry(
              "cli",
              List.of(
                  "metrics",
                  "http",
                  "yaml",
                  "sentry",
                  "collector",
                  "config",
                  "probe",
                  "simulator",
                  "web",
                  "app")),
          Map.entry("", List.of("cli")));

  @Test
  void everyPackageImportsOnlyWhatTheTableAllows() {
    var offences = new TreeSet<String>();
    for (var type : House.CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        var target = dependency.getTargetClass();
        boolean ours = (target.getPackageName() + ".").startsWith(House.ROOT + ".");
        String from = House.room(type);
        if (ours && !House.room(target).equals(from) && !allowed(from, House.room(target))) {
          offences.add(from + " imports " + House.room(target) + ": " + type.getName());
        }
      }
    }
    assertThat(offences).isEmpty();
  }

  @Test
  void everyPackageIsInTheTableAndTheTableHasNoOther() {
    var rooms = House.CLASSES.stream().map(House::room).collect(toCollection(TreeSet::new));
    assertThat(rooms).isEqualTo(new TreeSet<>(MAY_IMPORT.keySet()));
  }

  @Test
  void noPackageImportsItselfThroughOthers() {
    slices().matching(House.ROOT + ".(*)..").should().beFreeOfCycles().check(House.CLASSES);
  }

  private static boolean allowed(String from, String to) {
    return MAY_IMPORT.getOrDefault(from, List.of()).contains(to);
  }
}
