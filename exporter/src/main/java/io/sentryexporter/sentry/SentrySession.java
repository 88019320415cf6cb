package io.sentryexporter.sentry;

import io.sentryexporter.sentry.api.ApiGet;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.Issues;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.Outcomes;
import io.sentryexporter.sentry.api.ProjectStats;
import io.sentryexporter.sentry.api.Projects;
import io.sentryexporter.sentry.api.Sessions;
import io.sentryexporter.sentry.api.Sessions.ReleaseHealth;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sentry's API for one collector of one probe: a method per kind of data, records out.
///
/// Answers come from the instance's [SentryClient], which keeps them: young ones serve again,
/// others are requested once however many wait, and go on being fetched when the probe's deadline
/// has passed. Where Sentry fails, the last good answer stands in until it is too old; [#age] and
/// [#failure] report it.
///
/// Every method returns null if there is no answer in time and none to stand in: what depends on it
/// is absent, everything else is not. [#failure] gives the reason.
public final class SentrySession {
  /// Instead of an answer's number where there is none.
  private static final long NONE = -1;

  private final SentryClient sentry;
  private final CachePolicy policy;
  private final Deadline deadline;
  private final List<Note> notes = new ArrayList<>();
  private final List<Object> basis = new ArrayList<>();
  private @Nullable Long oldestNanos;
  private @Nullable SentryException failure;

  SentrySession(SentryClient sentry, CachePolicy policy, Deadline deadline) {
    this.sentry = sentry;
    this.policy = policy;
    this.deadline = deadline;
  }

  /// The answer to a request.
  public <T> @Nullable T answer(ApiRequest<T> request) throws InterruptedException {
    return answer(() -> get(request));
  }

  /// Sends a request while others are waited for: one that hangs must not take their time.
  public void begin(ApiRequest<?> request) {
    sentry.begin(request, policy);
  }

  /// The answer to a request; null without a failure if the server does not have what is requested.
  public <T> @Nullable T ifSupported(ApiRequest<T> request) throws InterruptedException {
    try {
      return get(request);
    } catch (SentryException e) {
      if (e.reason() != Reason.UNSUPPORTED) {
        failed(e);
      }
      return null;
    }
  }

  /// A target by its slugs, as labels show them: Sentry takes ids as well. A failure if the
  /// organization's slug cannot be found.
  public @Nullable Target resolved(Target target) throws InterruptedException {
    return answer(() -> bySlugs(target));
  }

  private Target bySlugs(Target target) throws SentryException, InterruptedException {
    String organization = target.organization();
    if (Organization.isId(organization)) {
      return new Target(slugOf(organization), target.project());
    }
    if (!sentry.allows(organization)) { // by its id, perhaps
      for (String allowed : sentry.instance().organizations()) {
        if (Organization.isId(allowed)) {
          sentry.allowById(slugOf(allowed));
        }
      }
    }
    return target;
  }

  /// From the list of organizations; where that is empty, from the organization's own page.
  private String slugOf(String id) throws SentryException, InterruptedException {
    List<Organization> list = sentry.organizations(id, deadline);
    for (Organization one : list) {
      if (isNamed(id, one)) {
        return allowed(id, one.slug());
      }
    }
    try {
      return allowed(id, get(new MemberOrganizations.OrganizationPage(id)).slug());
    } catch (SentryException e) {
      throw switch (e.reason()) {
        case AUTH, SCOPE, NOT_FOUND, RATE_LIMITED, UPSTREAM_5XX, REJECTED ->
            e.withMessage(
                "the slug of organization "
                    + id
                    + " cannot be found; write the slug as in Sentry's URLs, such as acme: "
                    + e.getMessage());
        default -> e;
      };
    }
  }

  private String allowed(String id, String slug) throws SentryException {
    if (!Target.isOrganization(slug)) {
      throw new SentryException(
          Reason.PARSE, "the slug of organization " + id + " is none that Sentry gives");
    }
    if (sentry.instance().organizations().contains(id)) {
      sentry.allowById(slug);
    }
    return slug;
  }

  private static boolean isNamed(String id, Organization organization) {
    return organization.id().equals(id) || organization.slug().equals(id);
  }

  /// One project; a failure if the configuration does not select it.
  ///
  /// From the organization's list; with a token that may not read that, from the project's own
  /// page. One that the list does not have is a failure with status 404; the list is read again
  /// then, at most once a minute.
  ///
  /// @param slug or its id
  public @Nullable Project project(String organization, String slug) throws InterruptedException {
    return answer(() -> findProject(organization, slug));
  }

  private Project findProject(String organization, String slug)
      throws SentryException, InterruptedException {
    Selection selection = sentry.instance().selection();
    if (selection == null) {
      return findAmongAll(organization, slug);
    }
    if (!Organization.isId(slug) && selection.refuses(organization, slug)) {
      throw notSelected(slug);
    }
    Project found = findAmongAll(organization, slug);
    if (selection.selects(organization, found)) {
      return found;
    }
    throw notSelected(found.slug());
  }

  private static SentryException notSelected(String slug) {
    return new SentryException(
        Reason.NOT_ALLOWED,
        "the instance is not configured for the project "
            + slug
            + "; see projects of the instance");
  }

  private Project findAmongAll(String organization, String slug)
      throws SentryException, InterruptedException {
    List<Project> projects;
    try {
      projects = get(new Projects(organization));
    } catch (SentryException e) {
      if (!isScopeMissing(e)) {
        throw e;
      }
      return get(new Projects.ProjectPage(organization, slug));
    }
    Project found = find(slug, projects);
    if (found == null) {
      found = find(slug, askNewerProjects(organization));
    }
    if (found != null) {
      return found;
    }
    throw new SentryException(
        Reason.NOT_FOUND, "no such project in the organization, or the token does not see it");
  }

  private static boolean isScopeMissing(SentryException e) {
    return e.reason() == Reason.SCOPE && e.status() == 403;
  }

  private static @Nullable Project find(String slugOrId, List<Project> projects) {
    Project found = null;
    for (Project project : projects) {
      if (project.slug().equals(slugOrId)) {
        return project;
      }
      if (Long.toString(project.id()).equals(slugOrId)) {
        found = project; // on old servers it may be another's slug, which comes first
      }
    }
    return found;
  }

  /// The projects for a target that the kept list lacks: it is read again, at most once a minute.
  private List<Project> askNewerProjects(String organization)
      throws SentryException, InterruptedException {
    var list = new Projects(organization);
    return noted(list, () -> sentry.getNewer(list, policy, deadline));
  }

  /// The organizations that the instance may request: those that its configuration names, and of
  /// those that Sentry lists, or that have answered where it lists none, the ones that it selects.
  /// Sentry lists none for an internal integration.
  ///
  /// Null if the list was needed and failed: those that have answered may be some of them only.
  /// Empty if no organization is known.
  public @Nullable List<Organization> organizations() throws InterruptedException {
    return answer(sentry.instance().namesOrganizations() ? this::configured : this::allOfThem);
  }

  private List<Organization> allOfThem() throws SentryException, InterruptedException {
    var all = new LinkedHashMap<String, Organization>();
    listed().forEach(one -> all.putIfAbsent(one.slug(), one));
    configured().forEach(one -> all.putIfAbsent(one.slug(), one));
    return all.values().stream().filter(one -> sentry.allows(one.slug())).toList();
  }

  private List<Organization> listed() throws SentryException, InterruptedException {
    var listed = new ArrayList<Organization>(listed(new MemberOrganizations()));
    for (URI region : sentry.regionsMissingIn(listed)) {
      listed.addAll(listed(new MemberOrganizations(region)));
    }
    return listed.isEmpty() ? answered() : listed;
  }

  private List<Organization> listed(MemberOrganizations list)
      throws SentryException, InterruptedException {
    try {
      return get(list);
    } catch (SentryException e) {
      if (!isScopeMissing(e)) {
        throw e;
      }
      return List.of();
    }
  }

  private List<Organization> configured() throws SentryException, InterruptedException {
    var organizations = new ArrayList<Organization>();
    for (String name : sentry.instance().organizations()) {
      organizations.add(Organization.named(Organization.isId(name) ? slugOf(name) : name));
    }
    organizations.removeIf(one -> !sentry.allows(one.slug()));
    return organizations;
  }

  private List<Organization> answered() {
    return sentry.answered().stream().map(Organization::named).toList();
  }

  /// Selected projects of many organizations, as far as they arrive before the deadline.
  public Map<String, List<Project>> projects(Collection<String> organizations)
      throws InterruptedException {
    var projects = new HashMap<String, List<Project>>();
    answers(organizations.stream().map(Projects::new).toList())
        .forEach((list, answer) ->
            projects.put(list.organization(), selected(list.organization(), answer)));
    return projects;
  }

  /// Selected projects of the organization, by slug. A failure with status 404 if the token does
  /// not see the organization, or the instance is not configured for it.
  public @Nullable List<Project> projects(String organization) throws InterruptedException {
    List<Project> all = answer(new Projects(organization));
    return all == null ? null : selected(organization, all);
  }

  private List<Project> selected(String organization, List<Project> all) {
    Selection selection = sentry.instance().selection();
    return selection == null ? all : selection.of(organization, all);
  }

  /// Counters: quantities since the start of the epoch, by project, category and outcome. A sum
  /// never falls while [Totals#start] stands.
  ///
  /// From a server without them, the totals of the projects' own statistics, as far as they are
  /// known. The last ones of these stand in where the server fails, too.
  ///
  /// @param exposed projects of which series will be exposed
  public @Nullable Totals outcomes(String organization, Collection<Project> exposed, Epoch epoch)
      throws InterruptedException {
    try {
      return get(new Outcomes.ByProject(organization, counting(epoch)));
    } catch (SentryException e) {
      if (e.reason() == Reason.UNSUPPORTED) {
        Collection<Project> all = exposed.isEmpty() ? projects(organization) : exposed;
        if (all == null) {
          return null; // for the reason that there are none to expose
        }
        List<ProjectStats> own = ownStatistics(organization, all, epoch);
        return together(own, answers(own));
      }
      failed(e);
      if (!mayOfProjectsStandIn(organization, e)) {
        return null;
      }
      List<ProjectStats> own = ownStatistics(organization, exposed, epoch);
      return together(own, eachKnown(own));
    }
  }

  /// Whether the projects' own statistics may have been requested instead of the organization's.
  private boolean mayOfProjectsStandIn(String organization, SentryException e) {
    return !isScopeMissing(e) && sentry.hasWorked(organization, Endpoint.PROJECT_STATS);
  }

  private List<ProjectStats> ownStatistics(
      String organization, Collection<Project> projects, Epoch epoch) {
    return projects.stream()
        .sorted(Comparator.comparing(Project::slug))
        .map(project -> projectOutcomes(organization, project, epoch))
        .toList();
  }

  private static @Nullable Totals together(
      List<ProjectStats> requests, Map<ProjectStats, Totals> known) {
    Totals all = Totals.joined(known.values());
    return all == null ? null : all.withUnknown(missing(requests, known));
  }

  private static List<Totals.Series> missing(
      List<ProjectStats> requests, Map<ProjectStats, Totals> known) {
    return requests.stream()
        .filter(request -> !known.containsKey(request))
        .flatMap(request -> request.series().stream())
        .toList();
  }

  /// The counters of one project.
  ///
  /// From the organization's, where the server has them by project; else from its own statistics.
  public @Nullable Totals outcomes(String organization, Project project, Epoch epoch)
      throws InterruptedException {
    ProjectStats own = projectOutcomes(organization, project, epoch);
    return answer(() -> {
      try {
        return get(new Outcomes.ByProject(organization, counting(epoch))).onlyOf(project.id());
      } catch (SentryException e) {
        if (e.reason() == Reason.UNSUPPORTED
            || (isScopeMissing(e) && !sentry.hasStatsV2(organization))) {
          return get(own);
        }
        if (!mayOfProjectsStandIn(organization, e)) {
          throw e;
        }
        failed(e);
        return known(own);
      }
    });
  }

  /// Counters: sessions since the start of the epoch, by project, as kind `session` with the
  /// outcomes `total`, `crashed`, `abnormal` and `errored`, which includes the two before.
  public @Nullable Totals sessions(String organization, Epoch epoch) throws InterruptedException {
    return answer(new Sessions.Counters(organization, counting(epoch)));
  }

  /// Health by project id over the window that ended last on a full hour; without crash-free ratios
  /// from a server that refuses a request with them.
  public @Nullable Map<Long, Sessions.ProjectHealth> sessionHealth(
      String organization, Duration window) throws InterruptedException {
    return orWithout(
        new Sessions.Health(organization, window, true),
        new Sessions.Health(organization, window, false));
  }

  /// Health by project and release over the window that ended last on a full hour; without
  /// crash-free ratios from a server that refuses a request with them.
  public @Nullable List<ReleaseHealth> releaseHealth(String organization, Duration window)
      throws InterruptedException {
    return orWithout(
        new Sessions.HealthByRelease(organization, window, true),
        new Sessions.HealthByRelease(organization, window, false));
  }

  /// The numbers of issues that match each of some searches: as many as are known by now. Counting
  /// goes on between probes.
  ///
  /// A server that finds nothing because it searches in another way has no answer to Sentry's own
  /// searches, and counts the others by naming the projects.
  public Map<Issues.Search, Issues.Count> issueCounts(
      String organization, List<Issues.Search> searches) throws InterruptedException {
    Map<Issues.Search, Issues.Count> counts = countIssues(organization, searches);
    boolean hasZeros = counts.values().stream().anyMatch(count -> count.count() == 0);
    if (!hasZeros || answer(new Issues.KnownSyntax(organization)) != Syntax.COMMON) {
      return counts;
    }
    List<Long> accessible = accessibleProjects(organization);
    var others = new HashMap<Issues.Search, Issues.Search>();
    for (Issues.Search search : List.copyOf(counts.keySet())) {
      if (search.syntax() == Syntax.SENTRY) {
        counts.remove(search);
        failed(
            new SentryException(Reason.UNSUPPORTED, "the server does not know " + search.query()));
      } else if (search.projects().isEmpty()) {
        counts.remove(search);
        others.put(search.in(accessible), search);
      }
    }
    if (!accessible.isEmpty()) {
      countIssues(organization, List.copyOf(others.keySet()))
          .forEach((named, count) -> counts.put(others.getOrDefault(named, named), count));
    }
    return counts;
  }

  private Map<Issues.Search, Issues.Count> countIssues(
      String organization, List<Issues.Search> searches) throws InterruptedException {
    List<Issues.Matching> requests =
        searches.stream().map(search -> new Issues.Matching(organization, search)).toList();
    Map<Issues.Matching, Issues.Count> answers = answers(requests);
    var counts = new HashMap<Issues.Search, Issues.Count>();
    answers.forEach((request, count) -> counts.put(request.search(), count));
    return counts;
  }

  /// As many as a request can name; empty if the list is not known.
  private List<Long> accessibleProjects(String organization) throws InterruptedException {
    List<Project> projects = projects(organization);
    return projects == null
        ? List.of()
        : projects.stream()
            .filter(Project::hasAccess)
            .map(Project::id)
            .limit(ApiGet.MOST_NAMED)
            .toList();
  }

  private ProjectStats projectOutcomes(String organization, Project project, Epoch epoch) {
    return new ProjectStats(organization, project.slug(), project.id(), counting(epoch));
  }

  /// Counters as they can be exposed under the slugs of their projects.
  ///
  /// @param projects all that will be exposed
  public Totals.Owned owned(
      String collector,
      String organization,
      Epoch epoch,
      Totals totals,
      Collection<Project> projects) {
    Totals.Owned owned =
        sentry.marks().owned(collector, organization, counting(epoch), totals, projects);
    seen(owned.withheld());
    return owned;
  }

  /// The windows of counters that are requested again after the refresh interval.
  public Counting counting(Epoch epoch) {
    return Counting.refreshedEach(policy.refreshInterval(), epoch);
  }

  /// Age of the oldest answer that this has given; null before the first.
  public synchronized @Nullable Duration age() {
    return oldestNanos == null ? null : Duration.ofNanos(sentry.nanoTime() - oldestNanos);
  }

  /// The reason why an answer is missing, or old and standing in: the first failure that is not the
  /// server's lack of an endpoint, else the first; null if all are new.
  public synchronized @Nullable SentryException failure() {
    return failure;
  }

  /// The data that the metrics of a collector rest on: if it is equal, so are they.
  public synchronized List<Object> basis() {
    return List.copyOf(basis);
  }

  private synchronized void seen(Object one) {
    basis.add(one);
  }

  /// A request and the number of its answer.
  private record Seen(ApiRequest<?> request, long answer) {}

  /// The requests and their answers, one entry for each, for the probe's trace.
  public synchronized List<Note> notes() {
    return List.copyOf(notes);
  }

  /// A request that is sent to [SentryClient] with [#get].
  private interface Sending<T> {
    T get() throws SentryException, InterruptedException;
  }

  private <T> @Nullable T answer(Sending<T> sending) throws InterruptedException {
    try {
      return sending.get();
    } catch (SentryException e) {
      failed(e);
      return null;
    }
  }

  /// The answer to a smaller request if Sentry refuses the whole one as a bad request.
  private <T> @Nullable T orWithout(ApiRequest<T> whole, ApiRequest<T> smaller)
      throws InterruptedException {
    return answer(() -> {
      try {
        return get(whole);
      } catch (SentryException e) {
        if (e.reason() != Reason.REJECTED || e.status() != 400) {
          throw e;
        }
        failed(e);
        return get(smaller);
      }
    });
  }

  /// The answers to many requests of one kind, as far as they arrive before the deadline.
  private <T, Q extends ApiRequest<T>> Map<Q, T> answers(List<Q> requests)
      throws InterruptedException {
    sentry.await(requests, policy, deadline);
    return eachKnown(requests);
  }

  /// The answers to many requests of one kind that are there.
  private <T, Q extends ApiRequest<T>> Map<Q, T> eachKnown(List<Q> requests)
      throws InterruptedException {
    var answers = new LinkedHashMap<Q, T>();
    for (Q request : requests) {
      T answer = answer(() -> known(request));
      if (answer != null) {
        answers.put(request, answer);
      }
    }
    return answers;
  }

  /// The answer to a request that is there.
  private <T> T known(ApiRequest<T> request) throws SentryException, InterruptedException {
    return noted(request, () -> sentry.known(request, policy));
  }

  /// The answer to a request.
  <T> T get(ApiRequest<T> request) throws SentryException, InterruptedException {
    return noted(request, () -> sentry.get(request, policy, deadline));
  }

  /// An answer of [SentryClient], which is also recorded for the trace.
  private <T> T noted(ApiRequest<T> request, Sending<AnswerCache.Given<T>> sending)
      throws SentryException, InterruptedException {
    String name =
        String.join(" ", request.name(), request.organization(), request.detail()).strip();
    try {
      AnswerCache.Given<T> given = sending.get();
      note(name, given);
      seen(new Seen(request, given.kept().number()));
      return given.answer();
    } catch (SentryException e) {
      seen(new Seen(request, NONE));
      note(new Note(name, null, Duration.ZERO, List.of(), e.getMessage()));
      throw e;
    }
  }

  private synchronized void note(String name, AnswerCache.Given<?> given) {
    SentryException reason = given.failure();
    long received = given.kept().receivedNanos();
    var age = Duration.ofNanos(sentry.nanoTime() - received);
    String message = reason == null ? null : reason.getMessage();
    note(new Note(name, given.source(), age, given.kept().dropped(), message));
    if (oldestNanos == null || received - oldestNanos < 0) {
      oldestNanos = received;
    }
    if (reason != null) {
      failed(reason);
    }
  }

  private synchronized void note(Note note) {
    notes.add(note);
  }

  private synchronized void failed(SentryException why) {
    boolean isBetter =
        failure == null
            || (failure.reason() == Reason.UNSUPPORTED && why.reason() != Reason.UNSUPPORTED);
    failure = isBetter ? why : failure;
  }

  /// One request of a probe.
  ///
  /// @param request name and arguments, such as `outcomes acme`
  /// @param source the call whose request brought the answer; null if there is none
  /// @param dropped data left out of the answer, and why
  /// @param failure null if the answer is fresh
  public record Note(
      String request,
      AnswerCache.@Nullable Source source,
      Duration age,
      List<String> dropped,
      @Nullable String failure) {
    public Note {
      dropped = List.copyOf(dropped);
    }
  }
}
