package io.sentryexporter.sentry;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.sentry.Flight.Kept;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.question.OrganizationsQuestion;
import java.time.Duration;
import java.util.Set;

/// About which organizations Sentry is asked: those that the configuration allows and, once a name
/// was wrong, that the token sees. So made-up names cost a request in ten minutes, not one each.
final class OrganizationGate {
  private static final OrganizationsQuestion LIST = new OrganizationsQuestion();
  private static final Freshness FRESHNESS =
      new Freshness(Duration.ofMinutes(10), Duration.ofHours(1));

  private final Instance instance;
  private final KeptAnswers answers;

  OrganizationGate(Instance instance, KeptAnswers answers) {
    this.instance = instance;
    this.answers = answers;
  }

  /// Refuses what can be refused without a request; nothing that is about no organization.
  void admit(String organization) throws SentryException.StatusRefused {
    if (organization.isEmpty()) {
      return;
    }
    if (!instance.allows(organization)) {
      throw refused(
          "the instance " + instance.name() + " is not configured for it; add it to organizations");
    }
    Kept<Set<String>> list = answers.last(LIST);
    if (list != null
        && answers.isYounger(list, FRESHNESS.refreshInterval())
        && !list.answer().contains(organization)) {
      throw unseen();
    }
  }

  /// The same for a fetch, which may ask Sentry: where the list is old and does not name the
  /// organization.
  void admit(String organization, Deadline deadline) throws SentryException, InterruptedException {
    admit(organization);
    Kept<Set<String>> list = organization.isEmpty() ? null : answers.last(LIST);
    if (list != null && !list.answer().contains(organization)) {
      refuseIfUnseen(organization, deadline);
    }
  }

  /// After Sentry did not know something of an organization: whether it is the organization itself.
  /// Returns if the list has it, or cannot be had.
  void refuseIfUnseen(String organization, Deadline deadline)
      throws SentryException.StatusRefused, InterruptedException {
    boolean unseen;
    try {
      unseen = !answers.askWithin(LIST, FRESHNESS, deadline).contains(organization);
    } catch (SentryException _) {
      return; // such as for want of the scope
    }
    if (unseen) {
      throw unseen();
    }
  }

  private static SentryException.StatusRefused unseen() {
    return refused("the token does not see it; check its name, and whose token it is");
  }

  private static SentryException.StatusRefused refused(String why) {
    return new SentryException.StatusRefused("no such organization, or " + why, 404, 0);
  }
}
