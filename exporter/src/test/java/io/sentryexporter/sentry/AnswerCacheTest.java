package io.sentryexporter.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofHours(1));

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  private final AnswerCache answers =
      new AnswerCache(
          TestMetrics.create(), new AnswerMemory(100), clock::nanos, Runnable::run, new NotFound());
  private int fetches;

  /// Knows no name.
  private final class NotFound implements AnswerCache.Fetcher {
    @Override
    public <T> T fetch(ApiRequest<T> request, Json.Drops drops) throws SentryException {
      fetches++;
      throw new SentryException.StatusRefused("none", 404, 0, Lifetime.UNKNOWN_TARGET);
    }

    @Override
    public <T> boolean stillAnswers(ApiRequest<T> request, T answer) {
      return true;
    }

    @Override
    public boolean mayStandIn(ApiRequest<?> request) {
      return true;
    }

    @Override
    public void taken(ApiRequest<?> request) {}
  }

  @Test
  void theOldestUnknownNameIsDropped() {
    try (var time = TestTime.real();
        var deadline = time.deadline(Duration.ofMinutes(1))) {
      for (int i = 0; i <= 1_000; i++) {
        assertUnknown("name-" + i, deadline);
      }
      assertThat(fetches).isEqualTo(1_001);

      assertUnknown("name-1", deadline);
      assertUnknown("name-1000", deadline);
      assertThat(fetches).as("both are remembered").isEqualTo(1_001);

      assertUnknown("name-0", deadline);
      assertThat(fetches).isEqualTo(1_002);
    }
  }

  private void assertUnknown(String name, Deadline deadline) {
    assertThatThrownBy(() -> answers.ask(new Projects(name), MINUTE, deadline))
        .hasMessageContaining("none");
  }
}
