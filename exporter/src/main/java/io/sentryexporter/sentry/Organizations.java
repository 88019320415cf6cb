package io.sentryexporter.sentry;

import io.sentryexporter.sentry.AnswerCache.Kept;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Decides which organizations are requested from Sentry: those that the configuration allows and,
/// of names that have not answered, those that the token sees. So made-up names cost few requests.
///
/// The list of organizations holds those that the token's user is a member of: none, for an
/// internal integration. It is believed only where it is not empty, and never against an
/// organization that has answered.
final class Organizations {
  private static final CachePolicy POLICY =
      new CachePolicy(Lifetime.LIST.duration(), Duration.ofHours(1));

  private final Instance instance;
  private final Capabilities capabilities;
  private final AnswerCache answers;
  private final SentryClient.Requests requests;
  private final AnswerCache.Request<List<Organization>> listRequest;
  private final LongSupplier nanoTime;
  private final NewNames newNames;

  /// Slugs whose ids the configuration has.
  private final Set<String> allowedById = ConcurrentHashMap.newKeySet();

  private final Map<String, Denial> denials = new ConcurrentHashMap<>();

  /// Sentry's own refusal of an organization that has answered.
  private record Denial(long sinceNanos, boolean isBelieved) {}

  Organizations(
      Instance instance,
      Capabilities capabilities,
      AnswerCache answers,
      SentryClient.Requests requests,
      LongSupplier nanoTime) {
    this.instance = instance;
    this.capabilities = capabilities;
    this.answers = answers;
    this.requests = requests;
    this.listRequest = requests.of(new MemberOrganizations());
    this.nanoTime = nanoTime;
    this.newNames = new NewNames(nanoTime);
  }

  /// Refuses what can be refused without a request; nothing that is about no organization.
  void admit(ApiRequest<?> question) throws SentryException {
    String organization = question.organization();
    if (organization.isEmpty()) {
      return;
    }
    if (!(question instanceof MemberOrganizations.OrganizationPage) && !allows(organization)) {
      throw refused(
          "the instance " + instance.name() + " is not configured for it; add it to organizations");
    }
    if (isInDoubt(organization) && !answers.isDue(listRequest, Lifetime.LIST_REREAD)) {
      throw unseen();
    }
    if (isNew(question)) {
      newNames.check();
    }
  }

  /// The same for a fetch, which may send requests: where the list does not name the organization.
  void admit(ApiRequest<?> question, Deadline deadline)
      throws SentryException, InterruptedException {
    admit(question);
    if (isInDoubt(question.organization())) {
      refuseIfUnseen(question.organization(), deadline);
    }
  }

  /// Whether probes may be about an organization, by its slug.
  boolean allows(String organization) {
    return instance.allows(organization) || allowedById.contains(organization);
  }

  /// The configuration has the id of an organization; this is its slug.
  void allowById(String slug) {
    allowedById.add(slug);
  }

  /// After Sentry did not know something of an organization: whether it is the organization itself.
  /// Returns if the list has it, is empty, or cannot be had.
  void refuseIfUnseen(String organization, Deadline deadline)
      throws SentryException, InterruptedException {
    if (capabilities.isKnown(organization)) {
      return;
    }
    List<Organization> list = keptList();
    if (isWorthReading(list, organization)) {
      try {
        list = answers.askNewerWithin(listRequest, POLICY, deadline);
      } catch (SentryException _) {
        return; // such as for want of the scope
      }
    }
    if (isMissing(organization, list)) {
      throw unseen();
    }
  }

  /// The organizations for a probe that has the id of one; empty if they cannot be had.
  List<Organization> organizations(String id, Deadline deadline) throws InterruptedException {
    List<Organization> list = keptList();
    if (!isWorthReading(list, id)) {
      return list;
    }
    try {
      return answers.askNewer(listRequest, POLICY, deadline).answer();
    } catch (SentryException _) {
      return List.of();
    }
  }

  private List<Organization> keptList() {
    Kept<List<Organization>> kept = answers.last(listRequest);
    return kept != null && answers.isYounger(kept, POLICY.maxStale()) ? kept.answer() : List.of();
  }

  private boolean isWorthReading(List<Organization> list, String name) {
    return (list.isEmpty() || isMissing(name, list))
        && answers.isDue(listRequest, Lifetime.LIST_REREAD);
  }

  /// Whether a request is about a name that has not answered, which a user may have made up.
  boolean isNew(ApiRequest<?> question) {
    String organization = question.organization();
    boolean isNewOrganization =
        !organization.isEmpty()
            && !capabilities.isKnown(organization)
            && !instance.organizations().contains(organization);
    return isNewOrganization
        || (question instanceof Projects.ProjectPage
            && answers.last(requests.of(question)) == null);
  }

  /// Waits until a request about a new name may go; it must [#leave].
  void enter(Deadline deadline) throws SentryException, InterruptedException {
    newNames.enter(deadline);
  }

  void leave(boolean isUnknown) {
    newNames.leave(isUnknown);
  }

  /// The organization's own endpoint has answered.
  void answered(String organization) {
    denials.remove(organization);
  }

  /// The organization's own endpoint has answered before, and Sentry itself refuses it now.
  void denied(String organization) {
    long now = nanoTime.getAsLong();
    denials.compute(
        organization,
        (_, before) -> {
          if (before == null) {
            return new Denial(now, false);
          }
          boolean isLasting = !Lifetime.WITHDRAWN.covers(before.sinceNanos(), now);
          return new Denial(before.sinceNanos(), before.isBelieved() || isLasting);
        });
  }

  /// Whether the organization is refused for so long that its old answers do not serve any more.
  boolean isWithdrawn(String organization) {
    Denial denial = denials.get(organization);
    return denial != null && denial.isBelieved();
  }

  void forgetRefusals() {
    newNames.forget();
    denials.clear();
  }

  /// Whether there is a recent list without an organization that has not answered.
  private boolean isInDoubt(String organization) {
    if (organization.isEmpty() || capabilities.isKnown(organization)) {
      return false;
    }
    return isMissing(organization, keptList());
  }

  private static boolean isMissing(String organization, List<Organization> list) {
    return !list.isEmpty()
        && list.stream()
            .noneMatch(one -> one.slug().equals(organization) || one.id().equals(organization));
  }

  private static SentryException unseen() {
    return refused("the token does not see it; check its name, and whose token it is");
  }

  private static SentryException refused(String why) {
    return new SentryException(Reason.NOT_FOUND, "no such organization, or " + why)
        .inSentrysWords()
        .rememberedFor(Lifetime.UNKNOWN_TARGET.duration());
  }
}
