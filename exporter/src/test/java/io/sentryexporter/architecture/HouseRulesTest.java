package io.sentryexporter.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.sentryexporter.collector.Collector;
import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /// Classes that may read a clock, wait or start threads by themselves, and why.
  private static final Map<String, String> OUTSIDE_TIME =
      Map.of(
          "server.", "waits for sockets, with a thread for each",
          "cli.SignalHandling", "waits for a signal");

  /// So that a scheduler with a seed and a clock of its own can drive the program.
  @Test
  void clocksWaitsThreadsAndRandomNumbersComeFromOutside() {
    var offences = new TreeSet<String>();
    for (var type : House.CLASSES) {
      String name = type.getName().substring(House.ROOT.length() + 1);
      if (name.matches("(time|app|simulator)\\..*")
          || OUTSIDE_TIME.keySet().stream().anyMatch(name::startsWith)) {
        continue;
      }
      for (var call : type.getCodeUnitCallsFromSelf()) {
        var target = call.getTarget();
        String called = target.getOwner().getName() + "." + target.getName();
        if (called.matches(
            "java\\.(lang\\.System\\.(nanoTime|currentTimeMillis)"
                + "|time\\.\\w+\\.(now|system\\w*)"
                + "|lang\\.Object\\.wait"
                + "|lang\\.Thread\\.(sleep|join|start|<init>|of\\w+|startVirtualThread)"
                + "|lang\\.Math\\.random"
                + "|util\\.(Random|SplittableRandom|Timer|UUID)\\.(<init>|randomUUID)"
                + "|util\\.random\\..*\\.(of|getDefault)"
                + "|util\\.concurrent\\.(Executors|ThreadLocalRandom|ForkJoinPool)\\..*"
                + "|util\\.concurrent\\..*Executor\\.<init>"
                + "|util\\.concurrent\\.TimeUnit\\.(sleep|timed\\w+)"
                + "|util\\.concurrent\\.locks\\.LockSupport\\..*"
                + "|util\\.concurrent\\..*\\.(await\\w*|acquire|take|invokeA\\w+|join)"
                + "|util\\.concurrent\\.(\\w*Future\\w*)\\.get)")) {
          offences.add(call.getDescription());
        }
      }
    }
    assertThat(offences).isEmpty();
  }

  @Test
  void noExceptionFromTheRuleOfTimeIsLeftOver() {
    assertThat(OUTSIDE_TIME.keySet())
        .allSatisfy(exception ->
            assertThat(House.CLASSES)
                .anyMatch(type -> type.getName().startsWith(House.ROOT + "." + exception)));
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
    "org.apache.hc.core5, http server wire",
    "org.snakeyaml, yaml",
    "tools.jackson, discovery doctor sentry.api text",
    "picocli, cli",
    "at.favre.lib, server",
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
  void aModuleHasNoTwoClassesOfOneName(String module) throws IOException {
    try (var files = Files.walk(Path.of(module, "src/main/java"))) {
      var names = new TreeSet<String>();
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .isNotEmpty()
          .filteredOn(name -> !name.equals("package-info.java"))
          .allSatisfy(name -> assertThat(names.add(name)).as(name).isTrue());
    }
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

  @Test
  void everyCollectorIsInTheCatalog() {
    var written =
        House.CLASSES.stream()
            .filter(type -> type.isAssignableTo(Collector.class) && !type.isInterface())
            .map(JavaClass::getSimpleName)
            .toList();
    var listed = CollectorCatalog.types().stream().map(HouseRulesTest::className).toList();

    assertThat(written).containsExactlyInAnyOrderElementsOf(listed);
  }

  /// `ClientKeysCollector` for `client_keys`.
  private static String className(CollectorType type) {
    var name = new StringBuilder();
    for (String part : type.name().split("_", -1)) {
      name.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
    }
    return name.append("Collector").toString();
  }
}
