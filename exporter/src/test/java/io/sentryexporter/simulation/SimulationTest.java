package io.sentryexporter.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.sentryexporter.simulation.Simulation.Failure;
import io.sentryexporter.simulation.Story.Fault;
import io.sentryexporter.simulation.Story.Kind;
import io.sentryexporter.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  /// For how many seconds to run stories.
  private static final String SECONDS = "simulation.seconds";

  @TempDir Path folder = Path.of("");

  /// Of the same seeds each time: no build may be red by chance.
  @Test
  @EnabledIfSystemProperty(named = SECONDS, matches = "\\d+", disabledReason = "the build sets it")
  void noPromiseIsBrokenInAnyStory() {
    long end = System.nanoTime() + Duration.ofSeconds(Long.getLong(SECONDS)).toNanos();
    for (long seed = Long.getLong("simulation.seed", 318); System.nanoTime() - end < 0; seed++) {
      Failure failure = Simulation.failure(Story.of(seed));
      if (failure != null) {
        fail(Simulation.shrunk(failure, Simulation::failure).words(), failure.cause());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSameSeedIsTheSameRun(long seed) {
    assertThat(Simulation.run(Story.of(seed))).isEqualTo(Simulation.run(Story.of(seed)));
  }

  /// Where sets and maps have another order, and objects other hash codes.
  @Test
  void theSameSeedIsTheSameRunInAnotherProcess() {
    String output =
        Program.read(
            Program.NO_INPUT,
            folder,
            Path.of(System.getProperty("java.home"), "bin", "java"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:hashCode=0",
            "-cp",
            System.getProperty("java.class.path"),
            SimulationCommand.class.getName(),
            "--seed",
            "1");
    assertThat(output).contains("digest %016x".formatted(Simulation.run(Story.of(1)).digest()));
  }

  @Test
  void otherSeedsAreOtherRuns() {
    assertThat(Simulation.run(Story.of(1)).digest())
        .isNotEqualTo(Simulation.run(Story.of(2)).digest());
  }

  @Test
  void aStoryThatFailsShrinksToWhatMakesItFail() {
    Predicate<Story> isBad =
        story -> has(story, Kind.LAG) && has(story, Kind.CRASH) && story.projects() > 1;
    Story bad = Story.of(0);
    for (long seed = 1; !isBad.test(bad); seed++) {
      bad = Story.of(seed);
    }
    var cause = new IllegalStateException("bad");

    Story shortest =
        Simulation.shrunk(
                Failure.of(bad, cause),
                story -> isBad.test(story) ? Failure.of(story, cause) : null)
            .story();

    assertThat(shortest.faults())
        .extracting(Fault::kind)
        .containsExactlyInAnyOrder(Kind.LAG, Kind.CRASH);
    assertThat(shortest.projects()).isEqualTo(2);
    assertThat(shortest.exporters()).isEqualTo(1);
    assertThat(shortest.length()).isLessThan(Duration.ofMinutes(10));
    assertThat(Story.parse(shortest.toString())).isEqualTo(shortest);
  }

  private static boolean has(Story story, Kind kind) {
    return story.faults().stream().anyMatch(fault -> fault.kind() == kind);
  }
}
