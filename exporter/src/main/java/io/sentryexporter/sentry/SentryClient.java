package io.sentryexporter.sentry;

import io.sentryexporter.metrics.ExporterMetrics;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.CounterRequest;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.marks.HighWaterMarks;
import io.sentryexporter.sentry.marks.InstanceMarks;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.sentry.transport.RateLimitHeaders;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.sentry.transport.RequestSender.ConcurrencyLimit;
import io.sentryexporter.sentry.transport.ServerClock;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One instance of Sentry as this process knows it: what it answered, what it can do, its limits,
/// and the marks below which no counter falls. Lives as long as the instance is configured as it
/// is; the marks live on.
public final class SentryClient implements AutoCloseable {
  private final Instance instance;
  private final Dependencies dependencies;
  private final ServerClock clock;
  private final RequestSender sender;
  private final OrganizationState state;
  private final HighWaterMarks marks;
  private final AnswerCache answers;
  private final Batches batches;
  private final Organizations gate;

  /// Null where none is configured.
  private final @Nullable Regions regions;

  /// Ids that answers have and the lists of projects did not have when they were read for them.
  private final Map<String, Set<Long>> lackingIds = new ConcurrentHashMap<>();

  /// The lists that answers have been compared with, by request and organization: an answer of ten
  /// thousand projects serves many probes.
  private final Map<String, Compared> compared = new ConcurrentHashMap<>();

  private final FetchContext.Shared shared;
  private final Supplier<List<MetricFamily>> values = this::values;

  /// An instance that gives no answers.
  ///
  /// @param error what happened at the last request, in words
  /// @param since time of the first request without an answer
  /// @param last time of the last one
  public record Outage(Reason reason, String error, Instant since, Instant last) {}

  public SentryClient(Instance instance, Dependencies dependencies) {
    this.instance = instance;
    this.dependencies = dependencies;
    SentryMetrics metrics = dependencies.metrics().sentry();
    this.clock = new ServerClock(dependencies.time(), dependencies.time()::nanoTime);
    this.sender =
        RequestSender.ofInstance(
            dependencies.http(),
            dependencies.metrics(),
            dependencies.time(),
            clock,
            () -> new ConcurrencyLimit(instance.maxConcurrent(), instance.rateShare()),
            dependencies.random());
    this.state = new OrganizationState(dependencies.time()::nanoTime);
    this.marks = dependencies.marks().of(instance.name(), instance.url());
    Executor fetches = dependencies.fetches().get();
    this.answers =
        new AnswerCache(
            dependencies.metrics(), dependencies.memory(), dependencies.time(), fetches);
    this.batches =
        new Batches(
            instance.maxConcurrent(), organization -> lane(organization, fetches), this::renew);
    Requests requests = this::cached;
    this.regions =
        instance.regions().isEmpty()
            ? null
            : new Regions(instance, answers, requests, dependencies.fetches());
    this.gate =
        new Organizations(
            instance, state, answers, requests, regions, dependencies.time()::nanoTime);
    var client = new ApiClient(instance, sender, state, dependencies.time());
    this.shared =
        new FetchContext.Shared(
            instance, regions, client, state, gate, answers, requests, clock, metrics);
    metrics.add(values);
  }

  /// The API for one collector of one probe, until the deadline.
  public SentrySession api(CachePolicy policy, Deadline deadline) {
    return new SentrySession(this, policy, deadline);
  }

  /// The time by Sentry's clock, as its responses report it; the local time if they do not.
  public Instant now() {
    return clock.now();
  }

  /// Seconds by which Sentry's clock is ahead of the local one.
  public double clockSkewSeconds() {
    return clock.skewSeconds();
  }

  /// The last limits that each endpoint has advertised.
  public Map<Endpoint, RateLimitHeaders> advertisedLimits() {
    return sender.limits();
  }

  public Instance instance() {
    return instance;
  }

  /// The endpoints that it was found to have and not to have, by organization and endpoint.
  List<OrganizationState.Availability> endpoints() {
    return state.endpoints();
  }

  /// Endpoints that Sentry is going to remove.
  public List<Deprecations.Deprecation> deprecations() {
    return shared.client().deprecations().all();
  }

  /// Why it gives no answers; null if the last request had one.
  public @Nullable Outage outage() {
    return shared.client().outage();
  }

  /// The exporter's knowledge of each organization that has been requested, by slug.
  public List<OrganizationState.Status> organizations() {
    return state.statuses(answers.ages());
  }

  /// Removes its metrics from the metrics page. Fetches under way end in their own time.
  @Override
  public void close() {
    dependencies.metrics().sentry().remove(values);
    answers.close();
  }

  <T> AnswerCache.Given<T> get(ApiRequest<T> request, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    gate.admit(request);
    AnswerCache.Given<T> given = answers.get(cached(request), policy, deadline);
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
    answers.begin(cached(request), policy);
  }

  /// Waits, until the deadline, for the answers to many requests of one kind that are due.
  void await(List<? extends ApiRequest<?>> requests, CachePolicy policy, Deadline deadline)
      throws InterruptedException {
    var due = requests.stream().filter(each -> answers.isDue(cached(each), policy)).toList();
    if (!due.isEmpty()) {
      batches.await(due, policy, deadline);
    }
  }

  /// Renews an answer, on this thread.
  private void renew(ApiRequest<?> request, CachePolicy policy)
      throws SentryException, InterruptedException {
    gate.admit(request);
    try (var deadline = dependencies.time().deadline(request.patience())) {
      var _ = answers.getWithin(cached(request), policy, deadline);
    }
  }

  /// The answer that is known without a request.
  <T> AnswerCache.Given<T> known(ApiRequest<T> request, CachePolicy policy) throws SentryException {
    gate.admit(request);
    return answers.known(cached(request), policy);
  }

  /// The answer for a caller that misses something in the kept list: it is read again, at most once
  /// a minute.
  <T> AnswerCache.Given<T> getNewer(ApiRequest<T> list, CachePolicy policy, Deadline deadline)
      throws SentryException, InterruptedException {
    gate.admit(list);
    return answers.getNewer(cached(list), policy, deadline);
  }

  /// The numbers of an answer and of a list of projects.
  private record Compared(long answer, long list) {}

  /// Reads the list of projects again where it lacks ids of an answer that it did not lack when it
  /// was read for them: of a project that is new, not of one that is deleted.
  private void readProjectsIfLacking(ApiRequest<?> request, long answer, Set<Long> ids) {
    String organization = request.organization();
    var list = new Projects(organization);
    AnswerCache.Kept<List<Project>> kept = answers.last(cached(list));
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
      if (!answers.isDue(cached(list), Lifetime.LIST_REREAD)) {
        return; // not yet
      }
      lackingIds.put(organization, lacking);
      answers.renew(cached(list));
    }
    compared.put(key, both);
  }

  /// The organizations for a probe that has the id of one; empty if they cannot be had.
  List<Organization> organizations(String id, Deadline deadline) throws InterruptedException {
    return gate.organizations(id, deadline);
  }

  private Executor lane(String organization, Executor usual) {
    return regions == null ? usual : regions.lane(organization, usual);
  }

  /// Configured regions of which a list of organizations has none.
  List<URI> regionsMissingIn(List<Organization> list) {
    return regions == null ? List.of() : regions.missingIn(list);
  }

  /// Whether probes may be about an organization, by its slug.
  boolean allows(String organization) {
    return gate.allows(organization);
  }

  /// The configuration has the id of an organization; this is its slug.
  void allowById(String slug) {
    gate.allowById(slug);
  }

  /// Organizations that have answered, by slug.
  List<String> answered() {
    return state.answered();
  }

  /// Whether an endpoint has ever answered for the organization.
  boolean hasWorked(String organization, Endpoint endpoint) {
    return state.hasWorked(organization, endpoint);
  }

  /// Whether the organization's statistics have ever answered: what comes instead has fewer
  /// categories. Not if the organization itself is refused by now.
  boolean hasStatsV2(String organization) {
    return state.hasWorked(organization, Endpoint.ORGANIZATION_STATS_V2)
        && !state.isWithdrawn(organization);
  }

  /// Forgets every refusal, so that what was refused is requested again; what has answered is kept.
  public void forgetRefusals() {
    state.forgetRefusals();
    gate.forgetRefusals();
    answers.forgetRefusals();
  }

  HighWaterMarks marks() {
    return marks;
  }

  long nanoTime() {
    return dependencies.time().nanoTime();
  }

  private List<MetricFamily> values() {
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
    return state.endpoints().stream()
        .filter(one -> !one.organization().isEmpty())
        .map(one ->
            Sample.now(
                one.isAvailable() ? 1 : 0,
                instance.name(),
                one.organization(),
                one.endpoint().name()))
        .toList();
  }

  private List<Sample> missingScopes() {
    return state.missingScopes().stream()
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

  /// Makes a cached request of one to the API.
  interface Requests {
    <T> AnswerCache.Request<T> of(ApiRequest<T> request);
  }

  private <T> AnswerCache.Request<T> cached(ApiRequest<T> request) {
    return new Fetch<>(this, request);
  }

  /// A request to this instance: fetched with as many HTTP requests as it needs, and never below
  /// the marks.
  private record Fetch<T>(SentryClient client, ApiRequest<T> request)
      implements AnswerCache.Request<T> {
    @Override
    public String name() {
      return request.name();
    }

    @Override
    public String organization() {
      return request.organization();
    }

    @Override
    public String collector() {
      return request.collector();
    }

    @Override
    public boolean hasShownAge() {
      return !organization().isEmpty()
          && !(request instanceof MemberOrganizations.OrganizationPage); // which has an id
    }

    @Override
    public Executor lane(Executor usual) {
      return client.lane(organization(), usual);
    }

    @Override
    public Duration patience() {
      return request.patience().multipliedBy(isReadTwice() ? 2 : 1);
    }

    @Override
    public boolean stillAnswers(T answer) {
      return request.stillAnswers(answer, client.now());
    }

    @Override
    public boolean mayStandIn() {
      return !client.state.isWithdrawn(organization());
    }

    @Override
    public void taken() {
      if (request instanceof CounterRequest counter) {
        client.marks.save(counter);
      }
    }

    @Override
    public T fetch(Json.Drops drops, Deadline deadline)
        throws SentryException, InterruptedException {
      try {
        client.gate.admit(request, deadline);
        var fetching = new FetchContext(request, client.shared, drops, deadline);
        if (!(request instanceof CounterRequest counter)) {
          return request.fetch(fetching);
        }
        boolean isTwice = isReadTwice();
        long started = client.nanoTime();
        T answer = request.fetch(fetching);
        if (answer instanceof Totals totals && client.marks.isFirst(counter, totals)) {
          counter.requireWhole(totals, fetching);
        }
        answer = raised(counter, answer);
        if (isTwice) {
          // A replica that is behind for a moment must not look like a reset.
          var rest = client.dependencies.secondReading().minusNanos(client.nanoTime() - started);
          client.dependencies.time().sleep(rest.isNegative() ? Duration.ZERO : rest, deadline);
          answer = raised(counter, request.fetch(fetching));
        }
        client.marks.prove(counter); // before anybody has the answer, and with it the next turn
        return answer;
      } catch (SentryException e) {
        throw e.reason() == Reason.UNSUPPORTED && client.answers.last(this) != null
            ? e.because(Reason.PARSE).withMessage(e.getMessage() + "; it was answered before")
            : e;
      }
    }

    private boolean isReadTwice() {
      return request instanceof CounterRequest counter
          && counter.isReadTwice()
          && !client.dependencies.secondReading().isZero()
          && !client.marks.areProven(counter);
    }

    @SuppressWarnings("unchecked") // the answer to a CounterRequest is Totals
    private T raised(CounterRequest counter, T answer) throws SentryException {
      return answer instanceof Totals totals ? (T) client.marks.raise(counter, totals) : answer;
    }
  }

  /// The dependencies that all [SentryClient] objects of the process share.
  ///
  /// @param http makes the calls; follows one redirect at most
  /// @param random spreads retries
  /// @param fetches makes threads for requests to Sentry, which block: each time of their own, so
  ///   that one server that hangs holds up no other
  /// @param memory for kept answers
  /// @param marks high-water marks of counters; they outlive the [SentryClient]
  /// @param secondReading how long after the first reading of a counter without marks comes the
  ///   second; zero for none
  public record Dependencies(
      RequestSender.Http http,
      ExporterMetrics metrics,
      TimeSource time,
      RandomGenerator random,
      Supplier<Executor> fetches,
      Memory memory,
      InstanceMarks marks,
      Duration secondReading) {}
}
