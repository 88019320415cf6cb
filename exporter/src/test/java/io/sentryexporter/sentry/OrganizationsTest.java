package io.sentryexporter.sentry;

import static io.sentryexporter.testing.Failures.because;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.sentry.AnswerCache.Memory;
import io.sentryexporter.sentry.AnswerCache.Request;
import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.sentry.Selection.Rule;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.MemberOrganizations.OrganizationPage;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.api.Projects.ProjectPage;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.Aside;
import io.sentryexporter.testing.TestMetrics;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.text.Secret;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Which organizations are requested, with lists that the test makes up. How these come from
/// answers: `AbsentThingsTest`, `RememberedRefusalsTest`.
class OrganizationsTest {
  private static final URI EUROPE = URI.create("https://eu.sentry.example");
  private static final MemberOrganizations LIST = new MemberOrganizations();
  private static final Organization ACME = new Organization("4711", "acme", "", "");
  private static final Projects OF_MADE_UP = new Projects("made-up");
  private static final CachePolicy MINUTE =
      new CachePolicy(Duration.ofMinutes(1), Duration.ofMinutes(5));

  private final TestClock clock = TestClock.at("2026-11-22T10:20:00Z");
  @AutoClose private final TestTime time = new TestTime(clock, (_, _) -> {});
  private final AnswerCache answers =
      new AnswerCache(TestMetrics.create(), new Memory(1_000), time, Runnable::run);
  private final OrganizationState state = new OrganizationState(clock::nanos);
  @AutoClose private final Deadline deadline = time.deadline(Duration.ofMinutes(2));

  /// What Sentry answers; a request without an answer fails.
  private final Map<ApiRequest<?>, Object> sentry = new HashMap<>();

  private int requests;
  private final Organizations organizations = of(Set.of(), null, List.of());

  private final class FromSentry implements SentryClient.Requests {
    @Override
    public <T> Request<T> of(ApiRequest<T> request) {
      return new Wanted<>(OrganizationsTest.this, request);
    }
  }

  private record Wanted<T>(OrganizationsTest test, ApiRequest<T> request) implements Request<T> {
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
    public Duration patience() {
      return request.patience();
    }

    @Override
    @SuppressWarnings("unchecked") // the test has made it for this request
    public T fetch(Json.Drops drops, Deadline deadline) throws SentryException {
      test.requests++;
      Object answer = test.sentry.get(request);
      if (answer == null) {
        throw SentryException.ofStatus("HTTP 500", 500, 0);
      }
      return (T) answer;
    }
  }

  private Organizations of(
      Set<String> configured, @Nullable Selection selection, List<URI> regionsOfInstance) {
    var instance =
        new Instance(
            "default",
            URI.create("https://sentry.example"),
            new Credentials.Token(new Secret("a-simulated-token")),
            configured,
            selection,
            1,
            4,
            regionsOfInstance,
            null);
    var from = new FromSentry();
    Regions regions =
        regionsOfInstance.isEmpty()
            ? null
            : new Regions(instance, answers, from, () -> Runnable::run);
    return new Organizations(instance, state, answers, from, regions, clock::nanos);
  }

  /// Requests an answer, which is kept.
  private void request(ApiRequest<?> wanted) throws Exception {
    var _ = answers.getWithin(new FromSentry().of(wanted), MINUTE, deadline);
  }

  @Test
  void anOrganizationThatIsNotConfiguredIsRefusedToProbesAndFetches() throws Exception {
    Organizations some = of(Set.of("acme"), null, List.of());
    assertThatThrownBy(() -> some.admit(new Projects("other")))
        .satisfies(because(Reason.NOT_ALLOWED));
    assertThatThrownBy(() -> some.admit(new Projects("other"), deadline))
        .satisfies(because(Reason.NOT_ALLOWED));
    some.admit(new Projects("acme"), deadline);
    some.admit(LIST, deadline);
    some.admit(new OrganizationPage("4712"), deadline);
  }

  @Test
  void anOrganizationWhoseIdIsConfiguredIsAllowedByItsSlugUnlessThatIsExcluded() {
    var excluded = new Rule(Set.of(), Set.of(new SlugPattern("old-*")));
    var selection = new Selection(excluded, Rule.ALL, Set.of(), Set.of());
    Organizations byId = of(Set.of("4711", "4712"), selection, List.of());
    assertThat(byId.allows("acme")).isFalse();
    byId.allowById("acme");
    byId.allowById("old-acme");
    assertThat(byId.allows("acme")).isTrue();
    assertThat(byId.allows("old-acme")).isFalse();
  }

  @Test
  void aNameThatTheListDoesNotHaveIsRefusedAndTheListReadAgainOnceAMinute() throws Exception {
    sentry.put(LIST, List.of(ACME));
    organizations.admit(OF_MADE_UP, deadline); // there is no list yet
    assertUnseen(() -> organizations.refuseIfUnseen("made-up", deadline));
    clock.advance(Duration.ofMinutes(1).minusNanos(1));
    assertUnseen(() -> organizations.admit(OF_MADE_UP));
    assertThat(requests).isOne();
    clock.advance(Duration.ofNanos(1));
    organizations.admit(OF_MADE_UP);
    assertUnseen(() -> organizations.admit(OF_MADE_UP, deadline));
    assertThat(requests).isEqualTo(2);
    organizations.admit(new Projects("acme"), deadline);
    organizations.admit(new Projects("4711"), deadline);
  }

  @Test
  void anOrganizationThatHasAnsweredIsNotLookedUpInTheList() throws Exception {
    sentry.put(LIST, List.of(ACME));
    request(LIST);
    state.worked("hidden", Endpoint.PROJECTS);
    organizations.admit(new Projects("hidden"), deadline);
    organizations.refuseIfUnseen("hidden", deadline);
    assertThat(requests).isOne();
  }

  @Test
  void aListThatHasAnIdIsReadAgainWhenItIsAnHourOld() throws Exception {
    sentry.put(LIST, List.of(ACME));
    assertThat(organizations.organizations("4711", deadline)).containsExactly(ACME);
    clock.advance(Duration.ofHours(1).minusNanos(1));
    assertThat(organizations.organizations("4711", deadline)).containsExactly(ACME);
    assertThat(requests).isOne();
    clock.advance(Duration.ofNanos(1));
    assertThat(organizations.organizations("4711", deadline)).containsExactly(ACME);
    assertThat(requests).isEqualTo(2);
  }

  @Test
  void aListThatCannotBeHadIsEmptyAndRefusesNothing() throws Exception {
    assertThat(organizations.organizations("4711", deadline)).isEmpty();
    organizations.refuseIfUnseen("made-up", deadline);
    sentry.put(LIST, List.of());
    clock.advance(Duration.ofMinutes(1));
    organizations.refuseIfUnseen("made-up", deadline);
  }

  @Test
  void withRegionsTheListsOfAllOfThemCountAndNoneIfOneIsMissing() throws Exception {
    Organizations ofRegions = of(Set.of(), null, List.of(EUROPE));
    var globex = new Organization("4712", "globex", "", EUROPE.toString());
    sentry.put(LIST, List.of(ACME));
    request(LIST);
    ofRegions.refuseIfUnseen("made-up", deadline);
    assertThat(ofRegions.organizations("4711", deadline)).isEmpty();
    sentry.put(new MemberOrganizations(EUROPE), List.of(globex));
    request(new MemberOrganizations(EUROPE));
    assertUnseen(() -> ofRegions.refuseIfUnseen("made-up", deadline));
    ofRegions.refuseIfUnseen("globex", deadline);
    assertThat(ofRegions.organizations("4712", deadline)).containsExactly(ACME, globex);
    clock.advance(Duration.ofMinutes(1));
    assertThat(ofRegions.organizations("4713", deadline)).containsExactly(ACME, globex);
  }

  @Test
  void aNameIsNewUntilItHasAnsweredUnlessTheConfigurationHasIt() throws Exception {
    Organizations configured = of(Set.of("acme"), null, List.of());
    assertThat(configured.isNew(new Projects("acme"))).isFalse();
    assertThat(organizations.isNew(LIST)).as("about none").isFalse();
    assertThat(organizations.isNew(new Projects("acme"))).isTrue();
    state.worked("acme", Endpoint.PROJECTS);
    assertThat(organizations.isNew(new Projects("acme"))).isFalse();
    var page = new ProjectPage("acme", "web");
    assertThat(organizations.isNew(page)).isTrue();
    sentry.put(page, new Project(1, "web", "", List.of()));
    request(page);
    assertThat(organizations.isNew(page)).isFalse();
  }

  @Test
  void eightUnknownNamesEndRequestsAboutNewOnesUntilTheFirstIsAMinuteOld() throws Exception {
    for (int i = 0; i < 20; i++) {
      organizations.enter(deadline);
      organizations.leave(false);
    }
    refuse(1);
    clock.advance(Duration.ofSeconds(20));
    refuse(7);
    assertThatThrownBy(() -> organizations.admit(OF_MADE_UP))
        .satisfies(because(Reason.RATE_LIMITED))
        .hasMessageContaining("8 organizations or projects")
        .hasMessageEndingWith("may go in 40000 ms");
    assertThatThrownBy(() -> organizations.enter(deadline)).satisfies(because(Reason.RATE_LIMITED));
    state.worked("acme", Endpoint.PROJECTS);
    organizations.admit(new Projects("acme"));
    clock.advance(Duration.ofSeconds(40));
    organizations.admit(OF_MADE_UP);
    organizations.enter(deadline);
  }

  @Test
  void unknownNamesOfOverAMinuteAgoTakeNoPlace() throws Exception {
    refuse(7);
    organizations.enter(deadline);
    clock.advance(Duration.ofMinutes(1));
    organizations.enter(deadline);
  }

  @Test
  void aNinthNameWaitsForTheAnswerAboutAnother() throws Exception {
    refuse(4);
    for (int i = 0; i < 4; i++) {
      organizations.enter(deadline);
    }
    try (var hasty = time.deadline(Duration.ofMillis(20))) {
      assertThatThrownBy(() -> organizations.enter(hasty))
          .satisfies(because(Reason.TIMEOUT))
          .hasMessageContaining("answers on other names");
    }
    Future<?> ninth = entered();
    organizations.leave(false);
    ninth.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aNameThatWaitsIsRefusedWhenTheOthersTurnOutToBeUnknown() throws Exception {
    for (int i = 0; i < 8; i++) {
      organizations.enter(deadline);
    }
    Future<?> ninth = entered();
    for (int i = 0; i < 8; i++) {
      organizations.leave(true);
    }
    assertThatThrownBy(() -> ninth.get(60, TimeUnit.SECONDS))
        .cause()
        .satisfies(because(Reason.RATE_LIMITED));
  }

  @Test
  void aReloadForgetsUnknownNamesAndLetsThoseGoThatWait() throws Exception {
    refuse(7);
    organizations.enter(deadline);
    Future<?> ninth = entered();
    organizations.forgetRefusals();
    ninth.get(60, TimeUnit.SECONDS);
  }

  /// Requests about so many names that Sentry does not know.
  private void refuse(int names) throws Exception {
    for (int i = 0; i < names; i++) {
      organizations.enter(deadline);
      organizations.leave(true);
    }
  }

  /// One that enters on another thread, when it waits for a place.
  private Future<?> entered() {
    Future<?> entered =
        Aside.run(() -> {
          organizations.enter(deadline);
          return true;
        });
    Aside.awaitWaiting(1);
    return entered;
  }

  private interface Attempt {
    void make() throws Exception;
  }

  private static void assertUnseen(Attempt attempt) {
    assertThatThrownBy(attempt::make)
        .satisfies(because(Reason.NOT_FOUND))
        .hasMessageContaining("no such organization");
  }
}
