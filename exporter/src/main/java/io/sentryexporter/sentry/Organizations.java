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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  private final OrganizationState state;
  private final AnswerCache answers;
  private final SentryClient.Requests requests;
  private final AnswerCache.Request<List<Organization>> listRequest;
  private final NewNames newNames;

  /// Null where none is configured.
  private final @Nullable Regions regions;

  /// Slugs whose ids the configuration has.
  private final Set<String> allowedById = ConcurrentHashMap.newKeySet();

  Organizations(
      Instance instance,
      OrganizationState state,
      AnswerCache answers,
      SentryClient.Requests requests,
      @Nullable Regions regions,
      LongSupplier nanoTime) {
    this.instance = instance;
    this.state = state;
    this.answers = answers;
    this.requests = requests;
    this.regions = regions;
    this.listRequest = requests.of(new MemberOrganizations());
    this.newNames = new NewNames(nanoTime);
  }

  /// Refuses what can be refused without a request; nothing that is about no organization.
  void admit(ApiRequest<?> request) throws SentryException {
    String organization = request.organization();
    if (organization.isEmpty()) {
      return;
    }
    if (!(request instanceof MemberOrganizations.OrganizationPage) && !allows(organization)) {
      throw new SentryException(
          Reason.NOT_ALLOWED,
          "the instance "
              + instance.name()
              + " is not configured for this organization; see organizations and"
              + " exclude_organizations of the instance");
    }
    if (isInDoubt(organization) && !answers.isDue(listRequest, Lifetime.LIST_REREAD)) {
      throw unseen();
    }
    if (isNew(request)) {
      newNames.check();
    }
  }

  /// The same for a fetch, which may send requests: where the list does not name the organization.
  void admit(ApiRequest<?> request, Deadline deadline)
      throws SentryException, InterruptedException {
    admit(request);
    if (isInDoubt(request.organization())) {
      refuseIfUnseen(request.organization(), deadline);
    }
  }

  /// Whether probes may be about an organization, by its slug.
  boolean allows(String organization) {
    return instance.allows(organization)
        || (allowedById.contains(organization) && !instance.excludes(organization));
  }

  /// The configuration has the id of an organization; this is its slug.
  void allowById(String slug) {
    allowedById.add(slug);
  }

  /// After Sentry did not know something of an organization: whether it is the organization itself.
  /// Returns if the list has it, is empty, or cannot be had.
  void refuseIfUnseen(String organization, Deadline deadline)
      throws SentryException, InterruptedException {
    if (state.hasAnswered(organization)) {
      return;
    }
    List<Organization> list = keptList();
    if (isWorthReading(list, organization)) {
      try {
        list = answers.getNewerWithin(listRequest, POLICY, deadline);
        list = regions == null ? list : regions.kept();
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
      list = answers.getNewer(listRequest, POLICY, deadline).answer();
      return regions == null ? list : regions.kept();
    } catch (SentryException _) {
      return List.of();
    }
  }

  private List<Organization> keptList() {
    if (regions != null) {
      return regions.kept();
    }
    Kept<List<Organization>> kept = answers.last(listRequest);
    return kept != null && answers.isYounger(kept, POLICY.maxStale()) ? kept.answer() : List.of();
  }

  private boolean isWorthReading(List<Organization> list, String name) {
    return (list.isEmpty() || isMissing(name, list))
        && answers.isDue(listRequest, Lifetime.LIST_REREAD);
  }

  /// Whether a request is about a name that has not answered, which a user may have made up.
  boolean isNew(ApiRequest<?> request) {
    String organization = request.organization();
    boolean isNewOrganization =
        !organization.isEmpty()
            && !state.hasAnswered(organization)
            && !instance.organizations().contains(organization);
    return isNewOrganization
        || (request instanceof Projects.ProjectPage && answers.last(requests.of(request)) == null);
  }

  /// Waits until a request about a new name may go; it must [#leave].
  void enter(Deadline deadline) throws SentryException, InterruptedException {
    newNames.enter(deadline);
  }

  void leave(boolean isUnknown) {
    newNames.leave(isUnknown);
  }

  void forgetRefusals() {
    newNames.forget();
  }

  /// Whether there is a recent list without an organization that has not answered.
  private boolean isInDoubt(String organization) {
    if (organization.isEmpty() || state.hasAnswered(organization)) {
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
    return new SentryException(
            Reason.NOT_FOUND,
            "no such organization, or the token does not see it; check its name, and whose token it"
                + " is")
        .inSentrysWords()
        .rememberedFor(Lifetime.UNKNOWN_TARGET.duration());
  }

  /// Bounds requests about names that have not answered: with the list of organizations, which is
  /// read again meanwhile, they are ten a minute at most, however many names are probed.
  static final class NewNames {
    private static final int MOST = 8;

    private final LongSupplier nanoTime;
    private final Deque<Long> refused = new ArrayDeque<>();
    private int underWay;

    NewNames(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
    }

    /// Returns if a request may go now or soon.
    ///
    /// @throws SentryException if too many names were unknown lately
    synchronized void check() throws SentryException {
      long now = nanoTime.getAsLong();
      while (!refused.isEmpty()
          && !Lifetime.UNKNOWN_TARGETS_WINDOW.covers(refused.getFirst(), now)) {
        refused.removeFirst();
      }
      if (refused.size() >= MOST) {
        long end = refused.getFirst() + Lifetime.UNKNOWN_TARGETS_WINDOW.duration().toNanos();
        throw SentryException.noTurn(
            MOST
                + " organizations or projects that Sentry does not know were requested within a"
                + " minute; check the targets",
            Duration.ofNanos(end - now));
      }
    }

    /// Waits until a request may go; it must [#leave].
    synchronized void enter(Deadline deadline) throws SentryException, InterruptedException {
      check();
      if (!deadline.await(this, () -> refused.size() >= MOST || hasPlace())) {
        throw new SentryException(Reason.TIMEOUT, "timed out waiting for answers on other names");
      }
      check();
      underWay++;
    }

    /// A request has ended.
    ///
    /// @param isUnknown whether Sentry does not know the name
    synchronized void leave(boolean isUnknown) {
      underWay--;
      if (isUnknown) {
        refused.addLast(nanoTime.getAsLong());
      }
      notifyAll();
    }

    synchronized void forget() {
      refused.clear();
      notifyAll();
    }

    private boolean hasPlace() {
      return refused.size() + underWay < MOST;
    }
  }
}
