package io.sentryexporter.sentry.question;

import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.SumsBuilder;
import io.sentryexporter.sentry.model.Window;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.stats.Grouped;
import io.sentryexporter.sentry.stats.Grouped.Group;
import io.sentryexporter.sentry.stats.Grouped.Wanted;
import io.sentryexporter.sentry.stats.SessionStats;
import java.util.List;

/// Counters of sessions by project and how they went: one request for some 200 projects with
/// sessions.
///
/// Sentry tells of a session by its last status, each session once: healthy, errored, unhandled,
/// crashed or abnormal. A session may still change from one to another, so only sums that grow are
/// made of them: `total` are all, and `errored` is with unhandled, crashed and abnormal. Servers of
/// some years ago count crashed and abnormal sessions as errored as well; there `errored` and
/// `total` are too large by them.
public record SessionsQuestion(String organization, Epoch epoch) implements CounterQuestion {
  @Override
  public String name() {
    return "sessions";
  }

  @Override
  public Sums fetch(Fetching sentry) throws SentryException, InterruptedException {
    Window window = Window.of(epoch, sentry.now());
    var wanted =
        new Wanted(List.of(Grouped.PROJECT, SessionStats.STATUS), List.of(SessionStats.SESSIONS));
    var sums = new SumsBuilder();
    for (Group group : new SessionStats(organization, window, "1d").groups(sentry, wanted, 1)) {
      for (String outcome : outcomes(group.by(SessionStats.STATUS))) {
        sums.add(
            group.project(), new Kind(Kind.SESSION, outcome), group.count(SessionStats.SESSIONS));
      }
    }
    return sums.build(window.start(), window.end());
  }

  /// What a session of this status counts as; one that is not known only in the total.
  private static List<String> outcomes(String status) {
    return switch (status) {
      case Kind.CRASHED -> List.of(Kind.TOTAL, Kind.ERRORED, Kind.CRASHED);
      case Kind.ABNORMAL -> List.of(Kind.TOTAL, Kind.ERRORED, Kind.ABNORMAL);
      case Kind.ERRORED, "unhandled" -> List.of(Kind.TOTAL, Kind.ERRORED);
      default -> List.of(Kind.TOTAL);
    };
  }
}
