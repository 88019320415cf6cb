package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofHours(1));

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  @AutoClose private final TestTime time = new TestTime(clock, (_, _) -> {});
  private final AnswerCache answers =
      new AnswerCache(TestMetrics.create(), new Memory(100), time, Runnable::run);
  private final AtomicInteger fetches = new AtomicInteger();

  /// A request about a name that Sentry does not know.
  private record Unknown(String organization, AtomicInteger fetches)
      implements AnswerCache.Request<String> {
    @Override
    public String name() {
      return "unknown";
    }

    @Override
    public String collector() {
      return "unknown";
    }

    @Override
    public Duration patience() {
      return Duration.ofMinutes(1);
    }

    @Override
    public String fetch(Json.Drops drops, Deadline deadline) throws SentryException {
      fetches.incrementAndGet();
      throw SentryException.ofStatus("none", 404, 0)
          .rememberedFor(Lifetime.UNKNOWN_TARGET.duration());
    }
  }

  @Test
  void theOldestUnknownNameIsDropped() {
    try (var deadline = time.deadline(Duration.ofMinutes(1))) {
      for (int i = 0; i <= 1_000; i++) {
        assertUnknown("name-" + i, deadline);
      }
      assertThat(fetches.get()).isEqualTo(1_001);

      assertUnknown("name-1", deadline);
      assertUnknown("name-1000", deadline);
      assertThat(fetches.get()).as("both are remembered").isEqualTo(1_001);

      assertUnknown("name-0", deadline);
      assertThat(fetches.get()).isEqualTo(1_002);
    }
  }

  private void assertUnknown(String name, Deadline deadline) {
    assertThatThrownBy(() -> answers.get(new Unknown(name, fetches), MINUTE, deadline))
        .hasMessageContaining("none");
  }
}
