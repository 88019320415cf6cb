package io.sentryexporter.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.ChangedSource;
import io.sentryexporter.testing.StillTime;
import io.sentryexporter.testing.Together;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Waits of several probes for the same answers, in the order that a scheduler of threads gives
/// them.
public class DeadlineInterleavingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final StillTime time = new StillTime();

  /// Who finds the time over, a monitor in hand, wakes those who wait at others: not a lost update,
  /// but two who do so never end.
  public static ChangedSource lostUpdate() {
    return ChangedSource.of(
        "time/Deadline.java",
        """
              synchronized (lock) {
                if (state == State.OPEN) {
                  state = State.EXPIRED;
                }
              }
        """,
        """
              end(State.EXPIRED);
        """);
  }

  @Test
  public void probesWhoseTimeEndsTogetherAllEnd() throws Exception {
    List<Object> answers = List.of(new Object(), new Object());
    var ended = new AtomicInteger();
    var together = new Together();
    for (int probe = 0; probe < 2; probe++) {
      Deadline deadline = time.deadline(SECOND);
      for (Object answer : answers) {
        together.add(() -> {
          synchronized (answer) {
            assertThat(deadline.await(answer, () -> false)).isFalse();
          }
          ended.incrementAndGet();
        });
      }
    }
    together.add(() -> time.pass(SECOND));
    together.join();

    assertThat(ended).hasValue(4);
  }
}
