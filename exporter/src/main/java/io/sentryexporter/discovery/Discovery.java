package io.sentryexporter.discovery;

import io.sentryexporter.config.ActiveConfig;
import io.sentryexporter.config.Config;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.sentry.CachePolicy;
import io.sentryexporter.sentry.Instance;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.SentrySession;
import io.sentryexporter.sentry.SlugPattern;
import io.sentryexporter.sentry.Target;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Quoted;
import io.sentryexporter.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the targets that can be probed: the organizations of the configured instances of Sentry,
/// or their projects.
///
/// Names come from the same answers as those of probes, which are requested again after ten
/// minutes. While Sentry fails, the last good ones serve. A list is whole or there is none: targets
/// that are missing by mistake would vanish from Prometheus.
public final class Discovery {
  private Discovery() {}

  /// What a target is.
  public enum Kind {
    ORGANIZATION,
    PROJECT
  }

  /// Which targets are wanted. Empty sets select all.
  ///
  /// @param modules names of modules; empty for the default one, or all of `prober: sentry` if
  ///   there is no default
  /// @param organizations patterns of slugs, or ids; one without `*` is tried although it is not
  ///   listed
  /// @param projects patterns of slugs, or ids
  /// @param teams of which a project must have one
  /// @param platforms of which a project must have one
  public record Query(
      Kind kind,
      Set<String> modules,
      Set<SlugPattern> organizations,
      Set<SlugPattern> projects,
      Set<SlugPattern> teams,
      Set<SlugPattern> platforms) {
    public Query {
      modules = Set.copyOf(modules);
      organizations = Set.copyOf(organizations);
      projects = Set.copyOf(projects);
      teams = Set.copyOf(teams);
      platforms = Set.copyOf(platforms);
    }

    private boolean wants(Organization organization) {
      return organizations.isEmpty()
          || matches(organizations, organization.slug())
          || organizations.contains(new SlugPattern(organization.id()));
    }

    private boolean wants(Project project) {
      return (projects.isEmpty()
              || matches(projects, project.slug())
              || projects.contains(new SlugPattern(Long.toString(project.id()))))
          && (teams.isEmpty() || project.teams().stream().anyMatch(team -> matches(teams, team)))
          && (platforms.isEmpty() || matches(platforms, project.platform()));
    }

    private static boolean matches(Set<SlugPattern> patterns, String text) {
      return patterns.stream().anyMatch(pattern -> pattern.matches(text));
    }
  }

  /// A target of a module.
  ///
  /// @param project null for the organization
  public record DiscoveredTarget(
      SentryModule module,
      Instance instance,
      Organization organization,
      @Nullable Project project) {
    /// As `?target=` takes it.
    public String name() {
      return project == null ? organization.slug() : organization.slug() + "/" + project.slug();
    }
  }

  /// The targets of a query, in a stable order.
  ///
  /// @param age of the oldest answer that they rest on; zero if they rest on the configuration only
  public record Found(List<DiscoveredTarget> targets, Duration age) {
    public Found {
      targets = List.copyOf(targets);
    }
  }

  /// There is no whole list of targets; the message has the cause and the fix.
  public static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Whether the query is at fault, not Sentry.
    private final boolean isRequestAtFault;

    private UnavailableException(String message, boolean isRequestAtFault) {
      super(message);
      this.isRequestAtFault = isRequestAtFault;
    }

    public boolean isRequestAtFault() {
      return isRequestAtFault;
    }
  }

  /// Finds the targets.
  ///
  /// @throws UnavailableException if a module is unknown, no organization is known, or Sentry fails
  ///   and has never answered
  public static Found find(ActiveConfig active, Query query, Deadline deadline)
      throws UnavailableException, InterruptedException {
    var targets = new ArrayList<DiscoveredTarget>();
    Duration age = Duration.ZERO;
    for (SentryModule module : modules(active.config(), query)) {
      SentryClient client = Objects.requireNonNull(active.sentries().get(module.instance()));
      SentrySession session = client.api(CachePolicy.NAMES, deadline);
      Instance instance = client.instance();
      List<Organization> organizations = organizations(instance, query, session);
      if (query.kind() == Kind.ORGANIZATION) {
        organizations.forEach(organization ->
            targets.add(new DiscoveredTarget(module, instance, organization, null)));
      } else {
        projects(organizations, client, session, deadline)
            .forEach((organization, projects) ->
                projects.stream()
                    .takeWhile(_ -> deadline.state() == Deadline.State.OPEN)
                    .filter(query::wants)
                    .map(project -> new DiscoveredTarget(module, instance, organization, project))
                    .forEach(targets::add));
        if (deadline.state() != Deadline.State.OPEN) {
          throw new UnavailableException("the list of targets took too long", false);
        }
      }
      Duration oldest = session.age();
      age = oldest != null && oldest.compareTo(age) > 0 ? oldest : age;
    }
    targets.removeIf(target -> Target.parse(target.name()) == null); // no probe would take it
    targets.sort(
        Comparator.comparing((DiscoveredTarget target) -> target.module().name())
            .thenComparing(DiscoveredTarget::name));
    return new Found(targets, age);
  }

  private static List<SentryModule> modules(Config config, Query query)
      throws UnavailableException {
    var ofSentry = new LinkedHashMap<String, SentryModule>();
    config
        .modules()
        .forEach((name, module) -> {
          if (module instanceof SentryModule sentry) {
            ofSentry.put(name, sentry);
          }
        });
    if (ofSentry.isEmpty()) {
      throw new UnavailableException(
          config.isNothing()
              ? "nothing is configured: " + String.join("; or ", Config.WAYS_TO_BEGIN)
              : "no module of prober: sentry is configured; write one",
          false);
    }
    if (query.modules().isEmpty()) {
      SentryModule byDefault = ofSentry.get(Config.DEFAULT_MODULE);
      return byDefault == null ? List.copyOf(ofSentry.values()) : List.of(byDefault);
    }
    var wanted = new ArrayList<SentryModule>();
    for (String name : query.modules()) {
      SentryModule module = ofSentry.get(name);
      if (module == null) {
        Module other = config.modules().get(name);
        throw new UnavailableException(
            other == null
                ? "unknown module " + Quoted.of(name)
                : "module "
                    + Quoted.of(name)
                    + " is not of prober: sentry, and its targets cannot be found",
            true);
      }
      wanted.add(module);
    }
    return wanted;
  }

  private static List<Organization> organizations(
      Instance instance, Query query, SentrySession session)
      throws UnavailableException, InterruptedException {
    List<Organization> known = session.organizations();
    var wanted = new ArrayList<Organization>();
    if (known != null) {
      known.stream().filter(query::wants).forEach(wanted::add);
    }
    var missing =
        query.organizations().stream()
            .filter(pattern -> pattern.isWhole() && instance.allows(pattern.text()))
            .filter(pattern ->
                wanted.stream()
                    .noneMatch(
                        one -> pattern.matches(one.slug()) || pattern.text().equals(one.id())))
            .map(SlugPattern::text)
            .toList();
    session.projects(missing).keySet().forEach(slug -> wanted.add(Organization.named(slug)));
    boolean isNoneKnown = known == null || known.isEmpty();
    if (wanted.isEmpty() && (isNoneKnown || !missing.isEmpty())) {
      throw unknown(instance, session.failure());
    }
    return wanted;
  }

  private static UnavailableException unknown(Instance instance, @Nullable SentryException why) {
    String advice =
        why != null && why.reason() == Reason.AUTH
            ? ""
            : "; set organizations: of the instance, or SENTRY_ORGANIZATIONS";
    String failure =
        why == null
            ? "Sentry lists none for this token, as for every internal integration, and none has"
                + " been probed yet"
                + (instance.selection() == null
                    ? ""
                    : "; or organizations and exclude_organizations of the instance select none")
            : cause(instance, why);
    return new UnavailableException(
        "no organization of instance " + instance.name() + " is known: " + failure + advice, false);
  }

  private static @Nullable String cause(Instance instance, SentryException why) {
    String others = instance.regions().isEmpty() ? "" : " or one of its regions";
    return why.reason() == Reason.TIMEOUT
        ? "no answer in time from " + instance.url() + others
        : why.getMessage();
  }

  /// The projects of each organization. One that Sentry refuses, and has never answered for, is
  /// left out: waiting for it would withhold all others for ever.
  private static Map<Organization, List<Project>> projects(
      List<Organization> organizations,
      SentryClient client,
      SentrySession session,
      Deadline deadline)
      throws UnavailableException, InterruptedException {
    Map<String, List<Project>> lists =
        session.projects(organizations.stream().map(Organization::slug).toList());
    var projects = new LinkedHashMap<Organization, List<Project>>();
    SentryException refusal = null;
    for (Organization organization : organizations) {
      List<Project> list = lists.get(organization.slug());
      if (list == null) {
        SentrySession alone = client.api(CachePolicy.NAMES, deadline);
        list = alone.projects(organization.slug());
        SentryException failure = alone.failure();
        if (list == null && (failure == null || !isRefusal(failure.reason()))) {
          throw noList(organization, failure);
        }
        refusal = failure;
      }
      if (list != null) {
        projects.put(organization, list);
      }
    }
    if (projects.isEmpty() && refusal != null) {
      throw noList(organizations.getFirst(), refusal);
    }
    return projects;
  }

  private static UnavailableException noList(
      Organization organization, @Nullable SentryException why) {
    String cause = why == null ? "no answer in time" : why.getMessage();
    return new UnavailableException(
        "no list of the projects of " + organization.slug() + ": " + cause, false);
  }

  private static boolean isRefusal(Reason reason) {
    return reason == Reason.SCOPE || reason == Reason.NOT_FOUND;
  }
}
