package io.sentryexporter.sentry;

import io.sentryexporter.http.Deadline;
import io.sentryexporter.metrics.MetricFamily;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.metrics.SentryMetrics;
import io.sentryexporter.sentry.json.Json;
import io.sentryexporter.sentry.marks.HighWaterMarks;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Sums;
import io.sentryexporter.sentry.question.CounterQuestion;
import io.sentryexporter.sentry.question.Question;
import io.sentryexporter.sentry.transport.InstanceTransport;
import io.sentryexporter.sentry.transport.RateLimitedTransport;
import io.sentryexporter.sentry.transport.RetryingTransport;
import io.sentryexporter.sentry.transport.SecondTryTransport;
import io.sentryexporter.sentry.transport.ServerClock;
import io.sentryexporter.sentry.transport.Transport;
import io.sentryexporter.sentry.transport.Turnstile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One instance of Sentry as this process knows it: what it answered, what it can do, its limits,
/// and the marks below which no counter falls. Lives as long as the instance is configured as it
/// is; the marks live on.
public final class Sentry implements AutoCloseable {
  private final Instance instance;
  private final SentryParts parts;
  private final ServerClock clock;
  private final InstanceTransport transport;
  private final Capabilities capabilities;
  private final HighWaterMarks marks;
  private final KeptAnswers answers;
  private final Batches batches;
  private final OrganizationGate gate;
  private final OrganizationFetch.Shared shared;
  private final Supplier<List<MetricFamily>> figures = this::figures;

  public Sentry(Instance instance, SentryParts parts) {
    this.instance = instance;
    this.parts = parts;
    SentryMetrics metrics = parts.metrics().sentry();
    this.clock = new ServerClock(parts.clock());
    this.transport =
        new InstanceTransport(
            parts.http(),
            metrics,
            new Turnstile(instance.maxConcurrent(), instance.rateShare()),
            clock,
            parts.clock(),
            parts.nanoTime());
    this.capabilities = new Capabilities(parts.nanoTime());
    this.marks = parts.marks().of(instance.name(), instance.url());
    this.answers =
        new KeptAnswers(parts.metrics(), parts.nanoTime(), parts.fetches(), new Fetches());
    this.batches = new Batches(instance.maxConcurrent(), parts.fetches(), new Renewals());
    this.gate = new OrganizationGate(instance, answers);
    var client =
        new ApiClient(instance, chain(), new RefusedTokens(instance.name(), parts.nanoTime()));
    this.shared = new OrganizationFetch.Shared(client, capabilities, gate, answers, clock, metrics);
    metrics.add(figures);
  }

  /// What one collector of one probe asks with, until the deadline.
  public SentryApi api(Freshness freshness, Deadline deadline) {
    return new SentryApi(this, freshness, deadline);
  }

  /// The time by Sentry's clock: ours, unless Sentry's answers tell one that is over a minute off.
  public Instant now() {
    return clock.now();
  }

  public Instance instance() {
    return instance;
  }

  /// What it was found to have and not to have, by organization and endpoint.
  List<Capability> capabilities() {
    return capabilities.all();
  }

  /// What is known of each organization that it was asked about, by slug.
  public List<KnownOrganization> organizations() {
    return KnownOrganization.all(capabilities, answers.ages());
  }

  /// Takes its figures off the page of metrics. Fetches under way end in their own time.
  @Override
  public void close() {
    parts.metrics().sentry().remove(figures);
  }

  <T> KeptAnswers.Given<T> ask(Question<T> question, Freshness freshness, Deadline deadline)
      throws SentryException, InterruptedException {
    gate.admit(question.organization());
    return answers.ask(question, freshness, deadline);
  }

  /// Waits, until the deadline, for the answers to many questions of one kind that are due.
  void await(List<? extends Question<?>> questions, Freshness freshness, Deadline deadline)
      throws InterruptedException {
    batches.await(questions, freshness, deadline);
  }

  /// What is known without a request.
  <T> KeptAnswers.Given<T> known(Question<T> question, Freshness freshness) throws SentryException {
    gate.admit(question.organization());
    return answers.known(question, freshness);
  }

  long nanoTime() {
    return parts.nanoTime().getAsLong();
  }

  private Transport chain() {
    var limited =
        new RateLimitedTransport(
            transport,
            parts.metrics().sentry(),
            parts.clock(),
            parts.nanoTime(),
            parts.sleeper(),
            "raise refresh_interval of collectors, or rate_limit.share of the instance");
    var retrying = new RetryingTransport(limited, parts.clock());
    return new SecondTryTransport(retrying, parts.clock(), parts.sleeper());
  }

  private List<MetricFamily> figures() {
    return List.of(
        new MetricFamily(SentryMetrics.RATE_LIMIT, limits()),
        new MetricFamily(SentryMetrics.SNAPSHOT_AGE, ages()),
        new MetricFamily(SentryMetrics.ENDPOINT_AVAILABLE, availableEndpoints()),
        new MetricFamily(SentryMetrics.TOKEN_SCOPE_MISSING, missingScopes()),
        MetricFamily.of(SentryMetrics.CLOCK_SKEW, clock.skew().toNanos() / 1e9, instance.name()));
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

  private List<Sample> limits() {
    var limits = new ArrayList<Sample>();
    transport
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

  /// How a batch renews answers.
  private final class Renewals implements Batches.Requests {
    @Override
    public boolean isDue(Question<?> question, Freshness freshness) {
      return answers.isDue(question, freshness);
    }

    @Override
    public void request(Question<?> question, Freshness freshness)
        throws SentryException, InterruptedException {
      gate.admit(question.organization());
      try (var deadline = Deadline.after(question.patience(), parts.timer())) {
        var _ = answers.askWithin(question, freshness, deadline);
      }
    }
  }

  /// How questions are put.
  private final class Fetches implements KeptAnswers.Fetcher {
    @Override
    public <T> T fetch(Question<T> question, Json.Drops drops)
        throws SentryException, InterruptedException {
      try (var deadline = Deadline.after(question.patience(), parts.timer())) {
        gate.admit(question.organization(), deadline);
        T answer = question.fetch(new OrganizationFetch(question, shared, drops, deadline));
        return raised(question, answer);
      }
    }

    @Override
    public <T> boolean stillAnswers(Question<T> question, T answer) {
      return question.stillAnswers(answer, now());
    }

    @Override
    public void taken(Question<?> question) {
      if (question instanceof CounterQuestion counter) {
        marks.save(counter);
      }
    }

    @SuppressWarnings("unchecked") // the answer to a question about counters is Sums
    private <T> T raised(Question<T> question, T answer) {
      return question instanceof CounterQuestion counter && answer instanceof Sums sums
          ? (T) marks.raise(counter, sums)
          : answer;
    }
  }
}
