package io.sentryexporter.sentry;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.model.DropCause;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.question.ProjectsQuestion;
import io.sentryexporter.sentry.question.Question;
import io.sentryexporter.sentry.request.ApiRequest;
import io.sentryexporter.sentry.request.Fetching;
import io.sentryexporter.sentry.transport.ServerClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// The fetch of one question: what it may ask, until when, and what its answers teach of the
/// organization.
record OrganizationFetch(Question<?> question, Shared shared, Json.Drops drops, Deadline deadline)
    implements Fetching {
  private static final Freshness PROJECTS =
      new Freshness(Duration.ofMinutes(10), Duration.ofHours(1));

  /// What all fetches of an instance have in common.
  record Shared(
      ApiClient client,
      Capabilities capabilities,
      OrganizationGate gate,
      KeptAnswers answers,
      ServerClock clock,
      SentryMetrics metrics) {}

  @Override
  public HttpAnswer get(ApiRequest request) throws SentryException, InterruptedException {
    String organization = question.organization();
    Endpoint endpoint = request.endpoint();
    Capabilities capabilities = shared.capabilities();
    capabilities.require(organization, endpoint);
    try {
      HttpAnswer answer = shared.client().get(request, organization, deadline);
      capabilities.worked(organization, endpoint);
      return answer;
    } catch (SentryException.Unsupported e) {
      boolean known = capabilities.isKnown(organization);
      if (!known && !organization.isEmpty()) {
        shared.gate().refuseIfUnseen(organization, deadline);
      }
      if (known && !capabilities.absent(organization, endpoint, e.isSentrysWord())) {
        throw new SentryException.StatusRefused(
            e.getMessage() + "; it had it before, so it is asked once more before that is believed",
            e.status(),
            e.contentLength());
      }
      throw e;
    } catch (SentryException.StatusRefused e) {
      if (Set.of(401, 403, 404).contains(e.status()) && endpoint.equals(Endpoint.PROJECTS)) {
        shared.gate().refuseIfUnseen(organization, deadline);
      }
      if (e.status() == 403) { // not of a made-up name, which would be on the page of metrics
        capabilities.forbidden(organization, endpoint);
      }
      throw e;
    }
  }

  @Override
  public List<Project> projects() throws SentryException, InterruptedException {
    return shared
        .answers()
        .askWithin(new ProjectsQuestion(question.organization()), PROJECTS, deadline);
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
    shared.metrics().truncated(question.organization(), question.collector());
  }
}
