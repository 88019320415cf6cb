package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.options.Feature;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedOrganization;
import io.sentryexporter.simulator.world.SimulatedProject;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// Organizations and their projects: who there is.
public final class OrganizationEndpoints {
  private static final String TEAM =
      """
      {"id":"1","slug":"everyone","name":"Everyone","dateCreated":"2018-11-06T21:20:08.115Z",\
      "isMember":false,"teamRole":null,"flags":{"idp:provisioned":false},\
      "access":["event:read","org:read","project:read","team:read"],"hasAccess":true,\
      "isPending":false,"memberCount":7,"avatar":{"avatarType":"letter_avatar","avatarUuid":null}}\
      """;

  private final SimulatedWorld world;
  private final ServerOptions options;
  private final URI url;

  public OrganizationEndpoints(SimulatedWorld world, ServerOptions options, URI url) {
    this.world = world;
    this.options = options;
    this.url = url;
  }

  public Answer organizations(Call call) throws Refused {
    var token = call.token();
    var visible =
        world.all().stream()
            .filter(organization -> token == null || token.sees(organization.slug()))
            .toList();
    return Page.read(call.query()).of(visible, this::json, call, url);
  }

  public Answer organization(Call call) {
    return Answer.json(json(call.theOrganization()));
  }

  /// Pages of a hundred, or all at once with `all_projects=1`.
  public Answer projects(Call call) throws Refused {
    var wanted = matching(call.query());
    var projects = call.theOrganization().projects().stream().filter(wanted).toList();
    if ("1".equals(call.query().last("all_projects"))) {
      return Answer.json(
          "[" + String.join(",", projects.stream().map(ProjectJson::summary).toList()) + "]");
    }
    return Page.read(call.query()).of(projects, ProjectJson::summary, call, url);
  }

  public Answer project(Call call) {
    var organization = json(call.theOrganization());
    return Answer.json(ProjectJson.details(call.theProject(), organization));
  }

  public Answer teams(Call call) throws Refused {
    return Page.read(call.query()).of(List.of(TEAM), team -> team, call, url);
  }

  /// The search of the projects list: `slug:` and `id:` alternatives, or a part of the slug.
  private static Predicate<SimulatedProject> matching(Query query) {
    var search = query.last("query");
    if (search == null) {
      return _ -> true;
    }
    var words = List.of(search.toLowerCase(Locale.ROOT).split(" ", -1));
    return project -> words.stream().anyMatch(word -> matches(word, project));
  }

  private static boolean matches(String word, SimulatedProject project) {
    if (word.startsWith("slug:")) {
      return project.slug().equals(word.substring("slug:".length()));
    }
    if (word.startsWith("id:")) {
      return Long.toString(project.id()).equals(word.substring("id:".length()));
    }
    return project.slug().contains(word);
  }

  private String json(SimulatedOrganization organization) {
    var slug = organization.slug();
    var self = url.toString();
    return """
    {"id":"%d","slug":"%s","name":"%s (simulated)","status":{"id":"active","name":"active"},\
    "dateCreated":"2018-11-06T21:19:55.101Z","isEarlyAdopter":false,"require2FA":false,\
    "avatar":{"avatarType":"letter_avatar","avatarUuid":null},\
    "links":{"organizationUrl":"%s","regionUrl":"%s"},"hasAuthProvider":false,\
    "allowMemberInvite":true,"allowMemberProjectCreation":true,"allowSuperuserAccess":false,\
    "features":[%s]}\
    """
        .formatted(
            organization.id(),
            slug,
            ProjectJson.name(slug),
            self,
            options.regions().getOrDefault(slug, url),
            options.installation().has(Feature.GLOBAL_VIEWS) ? "\"global-views\"" : "");
  }
}
