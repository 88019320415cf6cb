package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fetches data about all projects of an organization, in as few HTTP requests as the servers'
/// limits on the length of an answer allow.
///
/// Sentry truncates long answers. So an organization with too many projects is requested in batches
/// of projects, and a batch whose answer may be truncated again in halves.
final class ProjectBatches {
  private ProjectBatches() {}

  /// Requests data about some projects.
  interface Batch<T> {
    /// The answer, null if it may be truncated.
    ///
    /// @param projects ids; empty for all that the token sees
    @Nullable T get(List<Long> projects)
        throws SentryException, Grouped.NotGrouped, InterruptedException;
  }

  /// The answers to all batches, together of all projects; none if there are no projects.
  ///
  /// @param mostAtOnce projects that are not worth batches, as an answer about them all should fit
  /// @param mostInPart projects of a batch at most
  /// @throws SentryException if the answer about a single project may be truncated
  static <T> List<T> get(Fetching sentry, int mostAtOnce, int mostInPart, Batch<T> batch)
      throws SentryException, Grouped.NotGrouped, InterruptedException {
    List<Project> projects = sentry.projects();
    if (projects.isEmpty()) {
      return List.of(); // Sentry refuses to group by project where there is none
    }
    List<Long> ids =
        projects.stream().filter(Project::hasAccess).map(Project::id).sorted().toList();
    if (ids.isEmpty()) {
      throw new SentryException(
          Reason.SCOPE,
          "none of the projects is accessible; the token's user is in no team of a project");
    }
    var answers = new ArrayList<T>();
    int parts = Math.ceilDiv(ids.size(), Math.min(mostInPart, ApiGet.MOST_NAMED));
    if (ids.size() > mostAtOnce) {
      askInParts(sentry, batch, ids, parts, answers);
      return answers;
    }
    T answer = batch.get(sentry.named());
    if (answer != null) {
      answers.add(answer);
    } else {
      sentry.truncated();
      askInParts(sentry, batch, ids, Math.max(2, parts), answers);
    }
    return answers;
  }

  /// The answer of a server that refuses because there are no projects: no groups, if its list of
  /// projects is empty as well.
  static Grouped noGroups(Fetching sentry, Window window, SentryException refusal)
      throws SentryException, InterruptedException {
    if (!sentry.projects().isEmpty()) {
      throw refusal;
    }
    return new Grouped(window.start(), List.of());
  }

  private static <T> void askInParts(
      Fetching sentry, Batch<T> batch, List<Long> ids, int parts, List<T> answers)
      throws SentryException, Grouped.NotGrouped, InterruptedException {
    int size = Math.ceilDiv(ids.size(), parts);
    for (int from = 0; from < ids.size(); from += size) {
      List<Long> part = ids.subList(from, Math.min(from + size, ids.size()));
      T answer = batch.get(part);
      if (answer != null) {
        answers.add(answer);
        continue;
      }
      sentry.truncated();
      if (part.size() == 1) {
        throw new SentryException(
            Reason.TRUNCATED,
            "the answer about project " + part.getFirst() + " alone may be truncated by Sentry");
      }
      askInParts(sentry, batch, part, 2, answers);
    }
  }
}
