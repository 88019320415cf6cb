package io.sentryexporter.sentry;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.sentry.model.ClientKey;
import io.sentryexporter.sentry.model.Epoch;
import io.sentryexporter.sentry.model.EventQuery;
import io.sentryexporter.sentry.model.Issue;
import io.sentryexporter.sentry.model.IssueCount;
import io.sentryexporter.sentry.model.Monitor;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Release;
import io.sentryexporter.sentry.model.ReleaseHealth;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.SessionHealth;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.model.UptimeMonitor;
import io.sentryexporter.sentry.question.AcceptedQuestion;
import io.sentryexporter.sentry.question.ClientKeysQuestion;
import io.sentryexporter.sentry.question.EventsQuestion;
import io.sentryexporter.sentry.question.IssueCountQuestion;
import io.sentryexporter.sentry.question.MonitorsQuestion;
import io.sentryexporter.sentry.question.NoisiestIssuesQuestion;
import io.sentryexporter.sentry.question.OutcomeReasonsQuestion;
import io.sentryexporter.sentry.question.OutcomesOfClosedHourQuestion;
import io.sentryexporter.sentry.question.OutcomesOfEachProjectQuestion;
import io.sentryexporter.sentry.question.OutcomesQuestion;
import io.sentryexporter.sentry.question.ProjectOutcomesQuestion;
import io.sentryexporter.sentry.question.ProjectQuestion;
import io.sentryexporter.sentry.question.ProjectsQuestion;
import io.sentryexporter.sentry.question.Question;
import io.sentryexporter.sentry.question.ReleaseHealthQuestion;
import io.sentryexporter.sentry.question.ReleasesQuestion;
import io.sentryexporter.sentry.question.SessionHealthQuestion;
import io.sentryexporter.sentry.question.SessionsQuestion;
import io.sentryexporter.sentry.question.UptimeMonitorsQuestion;
import io.sentryexporter.sentry.transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sentry as one collector of one probe asks it: a method per question, records out.
///
/// Answers come from the instance's [Sentry], which keeps them: young ones serve again, others are
/// asked for once however many wait, and go on being fetched when the probe's deadline has passed.
/// Where Sentry fails, the last good answer stands in until it is too old; [#age] and [#failure]
/// tell of it.
///
/// All methods throw a [SentryException] if there is no answer in time and none to stand in.
public final class SentryApi {
  private final Sentry sentry;
  private final Freshness freshness;
  private final Deadline deadline;
  private final List<Note> notes = new ArrayList<>();
  private @Nullable Long oldestNanos;
  private @Nullable SentryException failure;

  SentryApi(Sentry sentry, Freshness freshness, Deadline deadline) {
    this.sentry = sentry;
    this.freshness = freshness;
    this.deadline = deadline;
  }

  /// One project.
  ///
  /// From the organization's list; with a token that may not read that, from the project's own
  /// page.
  ///
  /// @throws SentryException.StatusRefused with status 404 if the list does not have it; Sentry is
  ///   not asked then
  public Project project(String organization, String slug)
      throws SentryException, InterruptedException {
    List<Project> projects;
    try {
      projects = ask(new ProjectsQuestion(organization));
    } catch (SentryException.StatusRefused e) {
      if (e.status() != 403) {
        throw e;
      }
      return ask(new ProjectQuestion(organization, slug));
    }
    for (Project project : projects) {
      if (project.slug().equals(slug)) {
        return project;
      }
    }
    throw new SentryException.StatusRefused(
        "no such project in the organization, or the token does not see it", 404, 0);
  }

  /// Projects of the organization, by slug.
  ///
  /// @throws SentryException.StatusRefused with status 404 if the token does not see the
  ///   organization, or the instance is not configured for it
  public List<Project> projects(String organization) throws SentryException, InterruptedException {
    return ask(new ProjectsQuestion(organization));
  }

  /// Counters: quantities since the start of the epoch, by project, category and outcome. A sum
  /// never falls while [Sums#start] stands.
  public Sums outcomes(String organization, Epoch epoch)
      throws SentryException, InterruptedException {
    try {
      return ask(new OutcomesQuestion(organization, epoch));
    } catch (SentryException.Unsupported _) {
      return ask(new OutcomesOfEachProjectQuestion(organization, epoch));
    }
  }

  /// The counters of one project.
  ///
  /// From the organization's, where the server has them by project; else from its own statistics.
  public Sums outcomes(String organization, Project project, Epoch epoch)
      throws SentryException, InterruptedException {
    try {
      return ask(new OutcomesQuestion(organization, epoch)).onlyOf(project.id());
    } catch (SentryException.Unsupported _) {
      return ask(projectOutcomes(organization, project, epoch));
    } catch (SentryException.StatusRefused e) {
      if (e.status() != 403) {
        throw e;
      }
      return ask(projectOutcomes(organization, project, epoch));
    }
  }

  /// Counters of the whole organization, by category, outcome and reason, all under
  /// [Sums#WHOLE_ORGANIZATION].
  public Sums outcomeReasons(String organization, Epoch epoch)
      throws SentryException, InterruptedException {
    return ask(new OutcomeReasonsQuestion(organization, epoch));
  }

  /// Quantities of the last hour that is over, by project, category and outcome.
  public Sums outcomesOfClosedHour(String organization)
      throws SentryException, InterruptedException {
    return ask(new OutcomesOfClosedHourQuestion(organization));
  }

  /// What the whole organization had accepted since `start`, by category, under
  /// [Sums#WHOLE_ORGANIZATION]. Starts at a full UTC day.
  public Sums accepted(String organization, Instant start)
      throws SentryException, InterruptedException {
    return ask(new AcceptedQuestion(organization, start));
  }

  /// Counters: sessions since the start of the epoch, by project, as kind `session` with the
  /// outcomes `total`, `crashed`, `abnormal` and `errored`, which includes the two before.
  public Sums sessions(String organization, Epoch epoch)
      throws SentryException, InterruptedException {
    return ask(new SessionsQuestion(organization, epoch));
  }

  /// Health by project id over the window that ended last on a full hour.
  public Map<Long, SessionHealth> sessionHealth(String organization, Duration window)
      throws SentryException, InterruptedException {
    return ask(new SessionHealthQuestion(organization, window));
  }

  /// The newest releases of the organization, newest first, 100 at most.
  public List<Release> releases(String organization) throws SentryException, InterruptedException {
    return ask(new ReleasesQuestion(organization));
  }

  /// Health by project and release over the window that ended last on a full hour.
  public List<ReleaseHealth> releaseHealth(String organization, Duration window)
      throws SentryException, InterruptedException {
    return ask(new ReleaseHealthQuestion(organization, window));
  }

  /// How many issues match a search.
  ///
  /// @param project null for all of the organization
  public IssueCount issueCount(String organization, @Nullable Project project, String query)
      throws SentryException, InterruptedException {
    return ask(new IssueCountQuestion(organization, idOf(project), query));
  }

  /// The issues with the most events, by falling number.
  ///
  /// @param project null for all of the organization
  /// @param limit 1 to 100
  public List<Issue> noisiestIssues(
      String organization, @Nullable Project project, String query, Duration window, int limit)
      throws SentryException, InterruptedException {
    return ask(new NoisiestIssuesQuestion(organization, idOf(project), query, window, limit));
  }

  /// Cron monitors of the organization.
  public List<Monitor> monitors(String organization) throws SentryException, InterruptedException {
    return ask(new MonitorsQuestion(organization));
  }

  /// Uptime monitors of the organization.
  public List<UptimeMonitor> uptimeMonitors(String organization)
      throws SentryException, InterruptedException {
    return ask(new UptimeMonitorsQuestion(organization));
  }

  /// Client keys of the organization.
  public List<ClientKey> clientKeys(String organization)
      throws SentryException, InterruptedException {
    return ask(new ClientKeysQuestion(organization));
  }

  /// The rows of a search.
  ///
  /// @param project null for all of the organization
  public List<EventQuery.Row> events(
      String organization, @Nullable Project project, EventQuery query)
      throws SentryException, InterruptedException {
    return ask(new EventsQuestion(organization, idOf(project), query));
  }

  private static ProjectOutcomesQuestion projectOutcomes(
      String organization, Project project, Epoch epoch) {
    return new ProjectOutcomesQuestion(organization, project.slug(), project.id(), epoch);
  }

  private static @Nullable Long idOf(@Nullable Project project) {
    return project == null ? null : project.id();
  }

  /// How old the oldest answer is that this has given; zero before the first.
  public synchronized Duration age() {
    return oldestNanos == null ? Duration.ZERO : Duration.ofNanos(sentry.nanoTime() - oldestNanos);
  }

  /// Why an answer that this has given is an old one that stands in; null if none is.
  public synchronized @Nullable SentryException failure() {
    return failure;
  }

  /// What was asked and how it was answered, a line for each question, for the probe's trace.
  public synchronized List<Note> notes() {
    return List.copyOf(notes);
  }

  /// The answer of [Sentry], of which a note is made.
  <T> T ask(Question<T> question) throws SentryException, InterruptedException {
    String asked = (question.name() + " " + question.organization()).strip();
    try {
      KeptAnswers.Given<T> given = sentry.ask(question, freshness, deadline);
      note(asked, given);
      return given.answer();
    } catch (SentryException e) {
      note(new Note(asked, null, Duration.ZERO, e.getMessage()));
      throw e;
    }
  }

  private synchronized void note(String asked, KeptAnswers.Given<?> given) {
    SentryException reason = given.failure();
    long received = given.receivedNanos();
    var age = Duration.ofNanos(sentry.nanoTime() - received);
    note(new Note(asked, given.source(), age, reason == null ? null : reason.getMessage()));
    if (oldestNanos == null || received - oldestNanos < 0) {
      oldestNanos = received;
    }
    if (failure == null) {
      failure = reason;
    }
  }

  private synchronized void note(Note note) {
    notes.add(note);
  }

  /// One question of a probe.
  ///
  /// @param question its name and arguments, such as `outcomes acme`
  /// @param source whose request brought the answer; null if there is none
  /// @param failure null if the answer is fresh
  public record Note(
      String question, Answer.@Nullable Source source, Duration age, @Nullable String failure) {}
}
