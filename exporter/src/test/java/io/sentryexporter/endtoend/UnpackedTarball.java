package io.sentryexporter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.PackagedExporter;
import io.sentryexporter.testing.Program;
import io.sentryexporter.testing.TestSentry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The tarball, unpacked elsewhere and run where there is no Java.
///
/// @param folder the one that was in it
/// @param environment what a program sees of this process' variables
record UnpackedTarball(Path folder, Map<String, String> environment) {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  /// What a program gave that ran to its end.
  record Ended(int code, String out, String err) {}

  /// @param work a folder that lasts as long as the test class
  static UnpackedTarball in(Path work) throws IOException {
    Path elsewhere = Files.createDirectory(work.resolve("a folder of another name"));
    String tarball = System.getProperty("dist.tarball", "");
    Program.read(Program.NO_INPUT, work, "tar", "-xzf", tarball, "-C", elsewhere);
    try (var inside = Files.list(elsewhere)) {
      List<Path> top = inside.toList();
      assertThat(top).hasSize(1);
      return new UnpackedTarball(
          top.getFirst(), Map.of("PATH", programsWithoutJava(work).toString()));
    }
  }

  /// A folder with all that the launcher calls, and no Java.
  private static Path programsWithoutJava(Path work) throws IOException {
    Path programs = Files.createDirectory(work.resolve("bin"));
    for (String program : List.of("sh", "readlink", "dirname")) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(place -> Path.of(place, program))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      Files.copy(found, programs.resolve(program));
    }
    return programs;
  }

  /// The Sentry that is probed in these tests.
  static SimulatedSentry sentry() {
    return TestSentry.start(TestClock.at("2026-11-22T10:20:00Z"));
  }

  String launcher() {
    return folder.resolve("sentry_exporter").toString();
  }

  String version() {
    String name = folder.getFileName().toString();
    return name.substring("sentry_exporter-".length(), name.indexOf(".linux"));
  }

  /// The same with one more variable in its environment.
  UnpackedTarball with(String variable, String value) {
    var more = new HashMap<>(environment);
    more.put(variable, value);
    return new UnpackedTarball(folder, more);
  }

  /// Starts the exporter and waits until it listens.
  PackagedExporter start(Path work, String... arguments) {
    return PackagedExporter.start(folder, work, environment, arguments);
  }

  /// Runs the program to its end.
  Ended run(Path work, String... arguments) {
    var command = new ArrayList<>(List.of(launcher()));
    command.addAll(List.of(arguments));
    try (var program = Program.start(work, environment, command)) {
      return new Ended(program.exitCode(PATIENCE), program.out(), program.err());
    }
  }
}
