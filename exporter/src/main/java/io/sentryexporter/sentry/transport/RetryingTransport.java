package io.sentryexporter.sentry.transport;

import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.time.InstantSource;

/// Retries, twice at most, after a 429 that specifies a wait, if the deadline allows it.
///
/// A call that is refused more often has come into a storm, which more requests only make worse.
/// The wait itself is the next link's, which knows the order of calls. A 429 that does not specify
/// a wait is passed on unchanged.
public final class RetryingTransport implements Transport {
  private static final int MOST_TRIES = 3;

  private final Transport next;
  private final InstantSource clock;

  public RetryingTransport(Transport next, InstantSource clock) {
    this.next = next;
    this.clock = clock;
  }

  @Override
  public Answer ask(Call call, Deadline deadline) throws SentryException, InterruptedException {
    Answer answer = next.ask(call, deadline);
    for (int tries = 1; tries < MOST_TRIES && isWorthAnother(call, answer, deadline); tries++) {
      Answer refused = answer;
      try {
        answer = next.ask(call.again(), deadline).after(refused.requests(), refused.waited());
      } catch (SentryException.RateLimited _) {
        return refused; // the turn would come too late
      }
    }
    return answer;
  }

  private boolean isWorthAnother(Call call, Answer answer, Deadline deadline) {
    int status = answer.http().status();
    if (status != 429 || call.wanted().contains(status)) {
      return false;
    }
    Duration wait = RateLimitHeaders.read(answer.http().headers(), clock.instant()).askedWait();
    return wait != null && wait.compareTo(deadline.remaining()) < 0;
  }
}
