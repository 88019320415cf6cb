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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .resideOutsideOfPackage(House.ROOT + ".app..")
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
        .doNotHaveFullyQualifiedName(House.ROOT + ".Main")
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
    "org.apache.hc.client5, http",
    "org.apache.hc.core5, http web.server",
    "org.snakeyaml, yaml",
    "tools.jackson, sentry.json text",
    "info.picocli, cli",
    "picocli, cli",
    "ch.qos.logback, app",
    "com.sun.net.httpserver, ",
    "java.net.http, ",
  })
  void aLibraryStaysInItsPackages(String library, String packages) {
    var offences = new ArrayList<String>();
    for (var type : House.CLASSES) {
      boolean uses =
          type.getDirectDependenciesFromSelf().stream()
              .anyMatch(dependency ->
                  (dependency.getTargetClass().getPackageName() + ".").startsWith(library + "."));
      boolean may =
          packages != null && java.util.List.of(packages.split(" ")).contains(House.room(type));
      if (uses && !may) {
        offences.add(type.getName());
      }
    }
    assertThat(offences).isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    try (var files = Files.walk(Path.of("src/main/java"))) {
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
