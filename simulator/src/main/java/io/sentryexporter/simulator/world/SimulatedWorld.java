package io.sentryexporter.simulator.world;

import io.sentryexporter.simulator.world.Traffic.Trait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Organizations, projects and their traffic, all of it following from a seed.
///
/// Adding an organization changes no data of another. Worlds are immutable.
public final class SimulatedWorld {
  private static final String SLUG_LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  private final long seed;
  private final List<SimulatedOrganization> organizations;

  private SimulatedWorld(long seed, List<SimulatedOrganization> organizations) {
    this.seed = seed;
    this.organizations = List.copyOf(organizations);
  }

  /// A world without organizations.
  public static SimulatedWorld empty(long seed) {
    return new SimulatedWorld(seed, List.of());
  }

  /// Three organizations of twelve projects each.
  ///
  /// `acme/web` has a bad release every nine days, and was once called `acme/website`; `globex`
  /// uses up its quota mid-month; `acme/sandbox` is silent. Sessions of `globex/orders` and, less
  /// often, of `globex/recommendations` crash; client keys of `initech/printer-queue` and
  /// `initech/desktop` have limits that lose much.
  public static SimulatedWorld demo(long seed) {
    return empty(seed).with(Demo.ACME).with(Demo.GLOBEX).with(Demo.INITECH);
  }

  /// This world with another organization, of `projects` projects named `project-0001` and so on.
  public SimulatedWorld withOrganization(String slug, int projects) {
    return withOrganization(
        slug, IntStream.rangeClosed(1, projects).mapToObj("project-%04d"::formatted).toList());
  }

  /// This world with another organization of these projects.
  public SimulatedWorld withOrganization(String slug, List<String> projects) {
    var plans =
        projects.stream()
            .map(name -> new Demo.Plan(name, "python", anyVolume(slug, name)))
            .toList();
    return with(new Demo.Organization(slug, 0, plans, Set.of(), Map.of()));
  }

  /// The demo's world with `projects` projects in an additional organization `big`; 0 for no such
  /// organization.
  public static SimulatedWorld demo(long seed, int projects) {
    return projects > 0 ? demo(seed).withDenseOrganization("big", projects) : demo(seed);
  }

  /// This world with another organization whose every project has traffic in six categories with
  /// five outcomes each, and sessions; projects are named as in [#withOrganization].
  public SimulatedWorld withDenseOrganization(String slug, int projects) {
    var plans =
        IntStream.rangeClosed(1, projects)
            .mapToObj("project-%04d"::formatted)
            .map(name -> new Demo.Plan(name, "python", 1_000 + name.hashCode() % 700))
            .toList();
    return with(new Demo.Organization(slug, 0, plans, Set.of(Trait.DENSE), Map.of()));
  }

  /// This world, with the traffic of an organization's projects replaced by `history`.
  ///
  /// @param streams all that there are; projects without any are silent
  public SimulatedWorld withHistory(
      String organization, Collection<History.Stream> streams, History history) {
    var flows = new HashMap<String, List<Flow>>();
    for (var stream : streams) {
      requireProject(organization, stream.project());
      flows
          .computeIfAbsent(stream.project(), _ -> new ArrayList<>())
          .add(ToldFlow.of(stream, history));
    }
    return changed(
        organization,
        each ->
            each.withProjects(
                project -> project.with(flows.getOrDefault(project.slug(), List.of()))));
  }

  /// This world, with another answer of an organization on `/organizations/{org}/stats/`.
  public SimulatedWorld withOrganizationStats(String organization, OrganizationStats stats) {
    return changed(organization, each -> each.with(stats));
  }

  /// This world, with projects of an organization under other slugs. The former ones lead to them,
  /// unless other projects have them.
  ///
  /// @param slugs the new ones, by the former
  public SimulatedWorld withRenamed(String organization, Map<String, String> slugs) {
    return changed(
        organization,
        each ->
            each.withProjects(
                    project -> project.renamed(slugs.getOrDefault(project.slug(), project.slug())))
                .withRenamed(slugs));
  }

  /// This world without some projects of an organization.
  public SimulatedWorld without(String organization, Set<String> slugs) {
    return changed(organization, each -> each.without(slugs));
  }

  /// This world, with a project that was created at another time.
  public SimulatedWorld withCreated(String organization, String slug, Instant created) {
    requireProject(organization, slug);
    return changed(
        organization,
        each ->
            each.withProjects(
                project -> project.slug().equals(slug) ? project.created(created) : project));
  }

  private SimulatedWorld changed(String organization, UnaryOperator<SimulatedOrganization> change) {
    require(organization);
    return new SimulatedWorld(
        seed,
        organizations.stream()
            .map(each -> each.slug().equals(organization) ? change.apply(each) : each)
            .toList());
  }

  /// Slugs of the organizations.
  public List<String> organizations() {
    return organizations.stream().map(SimulatedOrganization::slug).toList();
  }

  /// Slugs of an organization's projects, in order.
  public List<String> projects(String organization) {
    return require(organization).projects().stream().map(SimulatedProject::slug).toList();
  }

  /// What v1 statistics call `received` for a project: error events accepted, filtered or rate
  /// limited from `from` inclusive to `until` exclusive, in whole seconds.
  public long received(String organization, String project, Instant from, Instant until) {
    return requireProject(organization, project)
        .received(from.getEpochSecond(), until.getEpochSecond());
  }

  /// What a project sent of a category with an outcome, for any reason, from `from` inclusive to
  /// `until` exclusive, in whole seconds; events, bytes or milliseconds as Sentry counts them.
  ///
  /// @param category in Sentry's words; `error` includes `default` and `security`
  public long quantity(
      String organization,
      String project,
      String category,
      String outcome,
      Instant from,
      Instant until) {
    return requireProject(organization, project).flows().stream()
        .filter(flow -> flow.kind().category().shownAs().label().equals(category))
        .filter(flow -> flow.kind().outcome().label().equals(outcome))
        .mapToLong(flow -> flow.quantity(from.getEpochSecond(), until.getEpochSecond()))
        .sum();
  }

  /// A project's sessions that ended with `status`, such as `crashed`, from `from` inclusive to
  /// `until` exclusive, in whole seconds.
  public long sessions(
      String organization, String project, String status, Instant from, Instant until) {
    return requireProject(organization, project).flows().stream()
        .filter(flow -> {
          var session = flow.kind().session();
          return session != null && session.status().label().equals(status);
        })
        .mapToLong(flow -> flow.quantity(from.getEpochSecond(), until.getEpochSecond()))
        .sum();
  }

  public List<SimulatedOrganization> all() {
    return organizations;
  }

  /// The organization of a slug or a numeric id.
  public @Nullable SimulatedOrganization organization(String slugOrId) {
    for (var organization : organizations) {
      if (organization.slug().equals(slugOrId)
          || Long.toString(organization.id()).equals(slugOrId)) {
        return organization;
      }
    }
    return null;
  }

  private SimulatedOrganization require(String slug) {
    var organization = organization(slug);
    if (organization == null) {
      throw new IllegalArgumentException("no organization " + slug);
    }
    return organization;
  }

  private SimulatedProject requireProject(String organization, String slug) {
    var project = require(organization).projectOfSlug(slug);
    if (project == null) {
      throw new IllegalArgumentException("no project " + slug + " in " + organization);
    }
    return project;
  }

  private SimulatedWorld with(Demo.Organization plan) {
    requireSlug(plan.slug());
    if (organization(plan.slug()) != null) {
      throw new IllegalArgumentException("organization " + plan.slug() + " exists already");
    }
    var id = organizations.size() + 2L; // as on sentry.io, where 1 is Sentry itself
    var projects = new ArrayList<SimulatedProject>();
    for (var project : plan.projects()) {
      projects.add(project(plan, project, id * 100_000 + projects.size() + 1));
    }
    var extended = new ArrayList<>(organizations);
    extended.add(
        new SimulatedOrganization(
            id, plan.slug(), projects, plan.renamed(), OrganizationStats.ANSWERED));
    return new SimulatedWorld(seed, extended);
  }

  private SimulatedProject project(Demo.Organization organization, Demo.Plan plan, long id) {
    requireSlug(plan.slug());
    var traits = EnumSet.noneOf(Trait.class);
    traits.addAll(organization.traits());
    traits.addAll(plan.traits());
    if (plan.equals(organization.projects().getFirst()) && !traits.contains(Trait.DENSE)) {
      traits.add(Trait.BAD_RELEASES);
    }
    var projectSeed = Noise.of(seed, organization.slug() + "/" + plan.slug());
    var zone = organization.zoneHours();
    return new SimulatedProject(
        id,
        plan.slug(),
        plan.platform(),
        SimulatedProject.CREATED,
        Traffic.of(projectSeed, plan.errorsPerDay(), zone, traits),
        ReleaseTrain.of(projectSeed, zone, traits.contains(Trait.BAD_RELEASES)));
  }

  /// From 300 to some 50,000 errors a day; every tenth project has none.
  private long anyVolume(String organization, String project) {
    var noise = Noise.of(seed, "volume of " + organization + "/" + project) >>> 1;
    return noise % 10 == 0 ? 0 : (long) (300 * Math.pow(1.77, (int) (noise / 10 % 10)));
  }

  private static void requireSlug(String slug) {
    if (slug.isEmpty() || !slug.chars().allMatch(letter -> SLUG_LETTERS.indexOf(letter) >= 0)) {
      throw new IllegalArgumentException("\"" + slug + "\" is not a slug");
    }
  }
}
