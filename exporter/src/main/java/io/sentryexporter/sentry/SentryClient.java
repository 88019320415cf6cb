package io.sentryexporter.sentry;

import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.ApiRequest.Fetching;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.marks.HighWaterMarks;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.transport.ConcurrencyLimit;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.ServerClock;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One instance of Sentry as this process knows it: what it answered, what it can do, its limits,
/// and the marks below which no counter falls. Lives as long as the instance is configured as it
/// is; the marks live on.
public final class SentryClient implements AutoCloseable {
  private final Instance instance;
  private final SentryParts parts;
  private final ServerClock clock;
  private final RequestSender sender;
  private final Capabilities capabilities;
  private final HighWaterMarks marks;
  private final AnswerCache answers;
  private final Batches batches;
  private final Organizations gate;
  private final RefusedTokens refusedTokens;

  /// Ids that answers have and the lists of projects did not have when they were read for them.
  private final Map<String, Set<Long>> lackingIds = new ConcurrentHashMap<>();

  /// The lists that answers have been compared with, by request and organization: an answer of ten
  /// thousand projects serves many probes.
  private final Map<String, Compared> compared = new ConcurrentHashMap<>();

  private final FetchContext.Shared shared;
  private final Supplier<List<MetricFamily>> figures = this::figures;

  public SentryClient(Instance instance, SentryParts parts) {
    this.instance = instance;
    this.parts = parts;
    SentryMetrics metrics = parts.metrics().sentry();
    this.clock = new ServerClock(parts.clock(), parts.nanoTime());
    this.sender =
        RequestSender.ofInstance(
            parts.http(),
            parts.metrics(),
            parts.time(),
            clock,
            new ConcurrencyLimit(instance.maxConcurrent(), instance.rateShare()),
            parts.random());
    this.capabilities = new Capabilities(parts.nanoTime());
    this.marks = parts.marks().of(instance.name(), instance.url());
    this.answers =
        new AnswerCache(
            parts.metrics(), parts.memory(), parts.nanoTime(), parts.fetches(), new Fetches());
    this.batches = new Batches(instance.maxConcurrent(), parts.fetches(), new Renewals());
    this.gate = new Organizations(instance, capabilities, answers, parts.nanoTime());
    this.refusedTokens = new RefusedTokens(parts.nanoTime());
    var client = new ApiClient(instance, sender, refusedTokens, parts.clock());
    this.shared = new FetchContext.Shared(client, capabilities, gate, answers, clock, metrics);
    metrics.add(figures);
  }

  /// The API for one collector of one probe, until the deadline.
  public SentrySession api(CachePolicy policy, Deadline deadline) {
    return new SentrySession(this, policy, deadline);
  }

  /// The time by Sentry's clock, as its responses report it; the local time if they do not.
  public Instant now() {
    return clock.now();
  }

  public Instance instance() {
    return instance;
  }

  /// The endpoints that it was found to have and not to have, by organization and endpoint.
  List<Capability> capabilities() {
    return capabilities.all();
  }

  /// Endpoints that Sentry is going to remove.
  public List<Deprecations.Deprecation> deprecations() {
    return shared.client().deprecations().all();
  }

  /// The exporter's knowledge of each organization that has been requested, by slug.
  public List<OrganizationStatus> organizations() {
    return OrganizationStatus.all(capabilities, answers.ages());
  }

  /// Removes its metrics from the metrics page. Fetches under way end in their own time.
  @Override
  public void close() {
    parts.metrics().sentry().remove(figures);
    answers.close();
  }

  <T> AnswerCache.Given<T> ask(ApiRequest<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    gate.admit(request);
    AnswerCache.Given<T> given = answers.ask(request, policy, deadline);
    if (given.answer() instanceof Totals totals) {
      readProjectsIfLacking(request, given.kept().number(), totals.byProject().keySet());
    }
    return given;
  }

  /// Requests an answer that is due, for a later caller.
  void begin(ApiRequest<?> request, CachePolicy policy) {
    try {
      gate.admit(request);
    } catch (SentryException _) {
      return; // reported when it is requested
    }
    answers.begin(request, policy);
  }

  /// Waits, until the deadline, for the answers to many requests of one kind that are due.
  void await(List<? extends ApiRequest<?>> requests, CachePolicy policy, Deadline deadline)
      throws InterruptedException {
    batches.await(requests, policy, deadline);
  }

  /// The answer that is known without a request.
  <T> AnswerCache.Given<T> known(ApiRequest<T> request, CachePolicy policy) throws SentryException {
    gate.admit(request);
    return answers.known(request, policy);
  }

  /// The answer for a caller that misses something in the kept list: it is read again, at most once
  /// a minute.
  <T> AnswerCache.Given<T> askNewer(ApiRequest<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    gate.admit(list);
    return answers.askNewer(list, policy, deadline);
  }

  /// The numbers of an answer and of a list of projects.
  private record Compared(long answer, long list) {}

  /// Reads the list of projects again where it lacks ids of an answer that it did not lack when it
  /// was read for them: of a project that is new, not of one that is deleted.
  private void readProjectsIfLacking(ApiRequest<?> request, long answer, Set<Long> ids) {
    String organization = request.organization();
    var list = new Projects(organization);
    Flight.Kept<List<Project>> kept = answers.last(list);
    if (kept == null) {
      return;
    }
    var both = new Compared(answer, kept.number());
    String key = request.name() + " " + organization;
    if (both.equals(compared.get(key))) {
      return;
    }
    var lacking = new HashSet<>(ids);
    lacking.remove(Totals.WHOLE_ORGANIZATION);
    kept.answer().forEach(project -> lacking.remove(project.id()));
    Set<Long> before = lackingIds.getOrDefault(organization, Set.of());
    if (!before.containsAll(lacking)) {
      if (!answers.isDue(list, Lifetime.LIST_REREAD)) {
        return; // not yet
      }
      lackingIds.put(organization, lacking);
      answers.renew(list);
    }
    compared.put(key, both);
  }

  /// The organizations for a probe that has the id of one; empty if they cannot be had.
  List<Organization> organizations(String id, Deadline deadline) throws InterruptedException {
    return gate.organizations(id, deadline);
  }

  /// Whether probes may be about an organization, by its slug.
  boolean allows(String organization) {
    return gate.allows(organization);
  }

  /// The configuration has the id of an organization; this is its slug.
  void allowById(String slug) {
    gate.allowById(slug);
  }

  /// Whether the organization's statistics have ever answered: what comes instead has fewer
  /// categories. Not if the organization itself is refused by now.
  boolean hasStatsV2(String organization) {
    return capabilities.hasWorked(organization, Endpoint.ORGANIZATION_STATS_V2)
        && !gate.isWithdrawn(organization);
  }

  /// Forgets every refusal, so that what was refused is requested again; what has answered is kept.
  public void forgetRefusals() {
    refusedTokens.forget();
    capabilities.forgetRefusals();
    gate.forgetRefusals();
    answers.forgetRefusals();
  }

  HighWaterMarks marks() {
    return marks;
  }

  long nanoTime() {
    return parts.nanoTime().getAsLong();
  }

  private List<MetricFamily> figures() {
    return List.of(
        new MetricFamily(SentryMetrics.RATE_LIMIT, limits()),
        new MetricFamily(SentryMetrics.SNAPSHOT_AGE, ages()),
        new MetricFamily(SentryMetrics.ENDPOINT_AVAILABLE, availableEndpoints()),
        new MetricFamily(SentryMetrics.TOKEN_SCOPE_MISSING, missingScopes()),
        new MetricFamily(SentryMetrics.ENDPOINT_DEPRECATION, endsOfEndpoints()),
        MetricFamily.of(SentryMetrics.CLOCK_SKEW, clock.skewSeconds(), instance.name()));
  }

  private List<Sample> ages() {
    var ages = new ArrayList<Sample>();
    answers
        .ages()
        .forEach((subject, age) ->
            ages.add(
                Sample.now(
                    age.toNanos() / 1e9,
                    instance.name(),
                    subject.organization(),
                    subject.collector())));
    return ages;
  }

  private List<Sample> availableEndpoints() {
    return capabilities.all().stream()
        .filter(one -> !one.organization().isEmpty())
        .map(one ->
            Sample.now(
                one.available() ? 1 : 0,
                instance.name(),
                one.organization(),
                one.endpoint().name()))
        .toList();
  }

  private List<Sample> missingScopes() {
    return capabilities.missingScopes().stream()
        .map(one -> Sample.now(1, instance.name(), one.organization(), one.scope()))
        .toList();
  }

  private List<Sample> endsOfEndpoints() {
    return deprecations().stream()
        .map(one ->
            Sample.now(
                (double) one.date().getEpochSecond(), instance.name(), one.endpoint().name()))
        .toList();
  }

  private List<Sample> limits() {
    var limits = new ArrayList<Sample>();
    sender
        .limits()
        .forEach((endpoint, told) -> {
          addLimit(limits, endpoint, "limit", told.limit());
          addLimit(limits, endpoint, "remaining", told.remaining());
          addLimit(limits, endpoint, "concurrent_limit", told.concurrentLimit());
          addLimit(limits, endpoint, "concurrent_remaining", told.concurrentRemaining());
        });
    return limits;
  }

  private void addLimit(List<Sample> limits, Endpoint endpoint, String kind, @Nullable Long value) {
    if (value != null) {
      limits.add(Sample.now(value, instance.name(), endpoint.name(), kind));
    }
  }

  /// Renews answers for a batch.
  private final class Renewals implements Batches.Fetcher {
    @Override
    public boolean isDue(ApiRequest<?> request, CachePolicy policy) {
      return answers.isDue(request, policy);
    }

    @Override
    public void request(ApiRequest<?> request, CachePolicy policy)
        throws SentryException, InterruptedException {
      gate.admit(request);
      try (var deadline = parts.time().deadline(request.patience())) {
        var _ = answers.askWithin(request, policy, deadline);
      }
    }
  }

  /// Fetches answers from Sentry.
  private final class Fetches implements AnswerCache.Fetcher {
    @Override
    public <T> T fetch(ApiRequest<T> request, Json.Drops drops)
        throws SentryException, InterruptedException {
      boolean isFirst = request instanceof CounterRequest counter && !marks.areProven(counter);
      boolean isTwice =
          isFirst
              && !parts.secondReading().isZero()
              && request instanceof CounterRequest counter
              && counter.isReadTwice();
      Duration patience = request.patience().multipliedBy(isTwice ? 2 : 1);
      try (var deadline = parts.time().deadline(patience)) {
        gate.admit(request, deadline);
        var fetching = new FetchContext(request, shared, drops, deadline);
        long started = nanoTime();
        T answer = request.fetch(fetching);
        if (isFirst) {
          requireWhole(request, answer, fetching);
        }
        answer = raised(request, answer);
        if (isTwice) {
          // A replica that is behind for a moment must not look like a reset.
          var passed = Duration.ofNanos(nanoTime() - started);
          parts.sleeper().sleep(atLeastZero(parts.secondReading().minus(passed)), deadline);
          answer = raised(request, request.fetch(fetching));
        }
        if (request instanceof CounterRequest counter) {
          marks.prove(counter); // before anybody has the answer, and with it the next turn
        }
        return answer;
      } catch (SentryException.Unsupported e) {
        if (answers.last(request) == null) {
          throw e;
        }
        throw new SentryException.Malformed(
            e.getMessage() + "; it was answered before", e.status(), -1);
      }
    }

    @Override
    public <T> boolean stillAnswers(ApiRequest<T> request, T answer) {
      return request.stillAnswers(answer, now());
    }

    @Override
    public boolean mayStandIn(ApiRequest<?> request) {
      return !gate.isWithdrawn(request.organization());
    }

    @Override
    public void taken(ApiRequest<?> request) {
      if (request instanceof CounterRequest counter) {
        marks.save(counter);
      }
    }

    private void requireWhole(ApiRequest<?> request, Object answer, Fetching sentry)
        throws SentryException, InterruptedException {
      if (request instanceof CounterRequest counter && answer instanceof Totals totals) {
        counter.requireWhole(totals, sentry);
      }
    }

    private static Duration atLeastZero(Duration time) {
      return time.isNegative() ? Duration.ZERO : time;
    }

    @SuppressWarnings("unchecked") // the answer to a CounterRequest is Totals
    private <T> T raised(ApiRequest<T> request, T answer) throws SentryException.Malformed {
      return request instanceof CounterRequest counter && answer instanceof Totals totals
          ? (T) marks.raise(counter, totals)
          : answer;
    }
  }
}
