package io.sentryexporter.sentry;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.Json.DropCause;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.ServerClock;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fetch of one answer: the requests it may send, its deadline, and what its answers show about
/// the organization.
final class FetchContext implements Fetching {
  private static final CachePolicy PROJECTS =
      new CachePolicy(Lifetime.LIST.duration(), Duration.ofHours(1));

  /// Statuses that may be about the name in the path.
  private static final Set<Integer> REFUSALS = Set.of(401, 403, 404);

  private final ApiRequest<?> request;
  private final Shared shared;
  private final Json.Drops drops;
  private final Deadline deadline;

  /// As this fetch has read them; null before.
  private @Nullable List<Project> all;

  /// The objects that all fetches of an instance share.
  ///
  /// @param regions null where none is configured
  record Shared(
      Instance instance,
      @Nullable Regions regions,
      ApiClient client,
      OrganizationState state,
      Organizations gate,
      AnswerCache answers,
      SentryClient.Requests requests,
      ServerClock clock,
      SentryMetrics metrics) {}

  FetchContext(ApiRequest<?> request, Shared shared, Json.Drops drops, Deadline deadline) {
    this.request = request;
    this.shared = shared;
    this.drops = drops;
    this.deadline = deadline;
  }

  @Override
  public HttpAnswer get(ApiGet get) throws SentryException, InterruptedException {
    String organization = request.organization();
    Endpoint endpoint = get.endpoint();
    shared.state().require(organization, endpoint);
    URI region = shared.regions() == null ? null : shared.regions().of(request, deadline);
    if (!shared.gate().isNew(request)) {
      return answer(get, region);
    }
    boolean isUnknown = false;
    shared.gate().enter(deadline);
    try {
      return answer(get, region);
    } catch (SentryException e) {
      isUnknown = isOfName(e);
      throw e;
    } finally {
      shared.gate().leave(isUnknown);
    }
  }

  /// Whether Sentry reports that it does not know a name, or that the token has no access to it.
  private static boolean isOfName(SentryException e) {
    return switch (e.reason()) {
      case AUTH -> e.status() == 401;
      case SCOPE, NOT_FOUND, UNSUPPORTED -> e.isSentrysWord();
      default -> false;
    };
  }

  private HttpAnswer answer(ApiGet get, @Nullable URI region)
      throws SentryException, InterruptedException {
    String organization = request.organization();
    Endpoint endpoint = get.endpoint();
    try {
      HttpAnswer answer = shared.client().get(get, organization, region, deadline);
      shared.state().worked(organization, endpoint);
      if (endpoint.equals(Endpoint.PROJECTS)) {
        shared.state().accepted(organization);
      }
      return answer;
    } catch (SentryException e) {
      if (e.reason() == Reason.UNSUPPORTED) {
        throw unsupported(organization, endpoint, e);
      }
      if (isRefusal(e)) {
        refused(organization, endpoint, e);
      }
      if (e.isSentrysWord() && shared.state().hasWorked(organization, endpoint)) {
        throw e.rememberedFor(Lifetime.DOUBTED.duration());
      }
      throw e;
    }
  }

  private static boolean isRefusal(SentryException e) {
    return switch (e.reason()) {
      case AUTH, SCOPE, NOT_FOUND -> REFUSALS.contains(e.status());
      default -> false;
    };
  }

  /// After 404 or 410 of an endpoint that not every Sentry has.
  private SentryException unsupported(String organization, Endpoint endpoint, SentryException e)
      throws SentryException, InterruptedException {
    OrganizationState state = shared.state();
    if (!organization.isEmpty() && !state.hasAnswered(organization)) {
      shared.gate().refuseIfUnseen(organization, deadline);
      return e.isSentrysWord() ? e : e.because(Reason.NOT_SENTRY);
    }
    if (state.absent(organization, endpoint, e.isSentrysWord())) {
      return e;
    }
    return e.isSentrysWord()
        ? e.because(Reason.NOT_FOUND)
            .withMessage(
                e.getMessage() + "; it has worked before, so it is requested again each minute")
            .rememberedFor(Lifetime.DOUBTED.duration())
        : e.because(Reason.NOT_SENTRY);
  }

  /// After a 401, 403 or 404.
  private void refused(String organization, Endpoint endpoint, SentryException e)
      throws SentryException, InterruptedException {
    if (endpoint.equals(Endpoint.PROJECTS)) {
      shared.gate().refuseIfUnseen(organization, deadline);
      if (e.isSentrysWord() && shared.state().hasWorked(organization, endpoint)) {
        shared.state().denied(organization);
      }
    }
    if (e.status() == 403 && e.isSentrysWord()) { // not of a made-up name, which would be shown
      shared.state().forbidden(organization, endpoint);
    }
  }

  @Override
  public List<Project> projects() throws SentryException, InterruptedException {
    List<Project> read = all;
    if (read == null) {
      var list = shared.requests().of(new Projects(request.organization()));
      read = shared.answers().getWithin(list, PROJECTS, deadline);
      all = read;
    }
    Selection selection = shared.instance().selection();
    return selection == null ? read : selection.of(request.organization(), read);
  }

  @Override
  public boolean isWhole() {
    return !shared.instance().selectsProjects();
  }

  @Override
  public Instant now() {
    return shared.clock().now();
  }

  @Override
  public void dropped(DropCause cause, String what) {
    drops.dropped(cause, what);
  }

  @Override
  public void truncated() {
    shared.metrics().truncated(request.organization(), request.collector());
  }
}
