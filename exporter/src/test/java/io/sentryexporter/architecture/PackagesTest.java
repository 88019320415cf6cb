package io.sentryexporter.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which package may import which: the table below is the rule, lowest package first. A package
/// stands above those inside it.
class PackagesTest {
  private static final Map<String, List<String>> MAY_IMPORT =
      table(
          """
          time <-
          text <-
          metrics <- time text
          yaml <- text
          tls <- text
          wire <-
          http <- time text tls wire
          sentry.model <- metrics
          sentry.transport <- time text metrics wire http sentry.model
          sentry.api <- time text metrics wire http sentry.model
          sentry.marks <- time text metrics sentry.model sentry.api
          sentry <- time text metrics wire http sentry.model sentry.transport sentry.api
              sentry.marks
          collector <- time text metrics yaml sentry.model sentry.api sentry
          server <- time text tls wire
          config <- text yaml tls wire http sentry collector server
          probe <- time text metrics wire http sentry.model sentry.transport sentry.api sentry collector
              config
          discovery <- text time yaml sentry.api sentry.model sentry collector config
          doctor <- time text metrics yaml http sentry.model sentry.transport sentry.api sentry
              collector config probe
          migration <- text yaml
          simulator.message <-
          simulator.world <-
          simulator.fault <- simulator.message
          simulator.options <- simulator.world
          simulator.endpoint <- simulator.message simulator.world simulator.options
          simulator.api <- simulator.message simulator.world simulator.fault simulator.options
              simulator.endpoint
          simulator.server <- simulator.message simulator.fault simulator.options simulator.api
          simulator <- simulator.world simulator.fault simulator.options simulator.api
              simulator.server
          web.page <- text metrics sentry.model sentry probe server
          web <- time text metrics wire sentry.model sentry config probe discovery server web.page
          app <- time text metrics yaml tls http sentry.model sentry.transport sentry.marks sentry
              collector config probe discovery doctor simulator.world simulator.options simulator
              simulator.fault simulator.message
              server web
          cli <- time text metrics wire yaml sentry config discovery doctor migration server web app
          Main <- cli
          """);

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
    slices().matching(House.ROOT + ".(**)").should().beFreeOfCycles().check(House.CLASSES);
  }

  /// Lines such as `collector <- metrics yaml`: who, then what it may import. An indented line goes
  /// on with the one before.
  private static Map<String, List<String>> table(String lines) {
    return lines
        .replaceAll("\n +", " ")
        .lines()
        .map(line -> line.split("<-", -1))
        .collect(toMap(parts -> parts[0].strip(), parts -> List.of(parts[1].strip().split(" +"))));
  }

  private static boolean allowed(String from, String to) {
    return MAY_IMPORT.getOrDefault(from, List.of()).contains(to);
  }
}
