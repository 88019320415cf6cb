package io.sentryexporter.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the compiler does not know of our style.
class HouseRulesTest {

  @Test
  void staticFieldsAreFinal() {
    fields().that().areStatic().should().beFinal().check(House.CLASSES);
  }

  @Test
  void timeComesFromOutside() {
    noClasses()
        .that()
        .resideOutsideOfPackages(House.ROOT + ".app..", House.ROOT + ".time..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .check(House.CLASSES);
  }

  @Test
  void onlyTheCommandLinePrintsAndExits() {
    noClasses()
        .that()
        .resideOutsideOfPackage(House.ROOT + ".cli..")
        .and()
        .doNotHaveSimpleName("Main")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(House.CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "io.prometheus, metrics",
    "org.apache.hc.core5, http server",
    "org.snakeyaml, yaml",
    "tools.jackson, sentry.api text",
    "picocli, cli",
    "ch.qos.logback, app",
    "com.sun.net.httpserver, ",
    "java.net.http, ",
  })
  void aLibraryIsUsedInItsPackagesOnly(String library, String packages) {
    var users = new TreeMap<String, List<String>>();
    for (var type : House.CLASSES) {
      boolean uses =
          type.getDirectDependenciesFromSelf().stream()
              .anyMatch(dependency ->
                  (dependency.getTargetClass().getPackageName() + ".").startsWith(library + "."));
      if (uses) {
        users.computeIfAbsent(House.room(type), _ -> new ArrayList<>()).add(type.getName());
      }
    }
    // not only no others: a rule on a library that nobody uses could not fail
    assertThat(users.keySet())
        .as("%s", users)
        .containsExactlyInAnyOrderElementsOf(
            packages == null ? List.of() : List.of(packages.split(" ", -1)));
  }

  @Test
  void onlyTheDemoKnowsTheSimulator() {
    noClasses()
        .that()
        .resideOutsideOfPackage(House.ROOT + ".simulator..")
        .and()
        .doNotHaveFullyQualifiedName(House.ROOT + ".app.Demo")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(House.ROOT + ".simulator..")
        .check(House.CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simulator", "exporter"})
  void everyPackageIsNullMarked(String module) throws IOException {
    try (var files = Files.walk(Path.of(module, "src/main/java"))) {
      for (Path folder : files.filter(Files::isDirectory).toList()) {
        boolean holdsCode;
        try (var inside = Files.list(folder)) {
          holdsCode = inside.anyMatch(file -> file.toString().endsWith(".java"));
        }
        if (holdsCode) {
          assertThat(folder.resolve("package-info.java")).content().contains("@NullMarked");
        }
      }
    }
  }
}
