package io.sentryexporter.sentry.transport;

import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.Sleeper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Retries once if Sentry, or a gateway before it, is out of order: after the wait that the answer
/// specifies, else after about a second, if the deadline allows it.
public final class SecondTryTransport implements Transport {
  private static final long SHORTEST_WAIT_MILLIS = 500;
  private static final int JITTER_MILLIS = 1_000;

  private final Transport next;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private final RandomGenerator random;

  public SecondTryTransport(
      Transport next, InstantSource clock, Sleeper sleeper, RandomGenerator random) {
    this.next = next;
    this.clock = clock;
    this.sleeper = sleeper;
    this.random = random;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    Answer first = next.ask(call, deadline);
    int status = first.http().status();
    Duration wait = wait(first);
    if (status < 500 || wait.compareTo(deadline.remaining()) >= 0) {
      return first;
    }
    sleeper.sleep(wait, deadline);
    try {
      return next.ask(call.again(), deadline).after(first.requests(), first.waited());
    } catch (SentryException.RateLimited _) {
      return first; // the turn would come too late
    }
  }

  private Duration wait(Answer answer) {
    Duration told = RateLimitHeaders.read(answer.http().headers(), clock.instant()).retryAfter();
    return told != null
        ? told
        : Duration.ofMillis(SHORTEST_WAIT_MILLIS + random.nextInt(JITTER_MILLIS));
  }
}
