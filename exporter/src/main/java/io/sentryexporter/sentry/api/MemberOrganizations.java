package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Organizations that the token's user is a member of; none for an internal integration.
///
/// Of all regions, as the main server lists them; older ones listed one region only. The server of
/// a region lists its own.
///
/// @param region the server of a region; null for the main one
public record MemberOrganizations(@Nullable URI region) implements ApiRequest<List<Organization>> {
  private static final String SHAPE = "{\"slug\": …}";
  private static final Field<String> ID = Field.of("id", Json::anyText);
  private static final Field<String> SLUG = Field.of("slug", Json::slug);
  private static final Field<String> NAME = Field.orDropped("name", Json::label);
  private static final Field<String> REGION_URL = Field.of("regionUrl", Json::label);
  private static final Field<String> LINKS =
      Field.orDropped("links", json -> json.object(REGION_URL).get(REGION_URL));

  public MemberOrganizations() {
    this(null);
  }

  /// An organization that Sentry names.
  ///
  /// @param id a number; empty where the server does not give it
  /// @param name for people; empty where the server does not give it
  /// @param region URL of the region that has its data; empty where the server does not give it
  public record Organization(String id, String slug, String name, String region) {
    /// An organization of which only the slug is known.
    public static Organization named(String slug) {
      return new Organization("", slug, "", "");
    }

    /// Whether a text has the form of an id, which no slug of a newer server has.
    public static boolean isId(String text) {
      return !text.isEmpty() && text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
    }
  }

  /// One organization, from its own page: its slug, where the list of organizations does not have
  /// its id.
  public record OrganizationPage(String organization) implements ApiRequest<Organization> {
    @Override
    public String name() {
      return "organization";
    }

    @Override
    public String collector() {
      return "projects";
    }

    @Override
    public Organization fetch(Fetching sentry) throws SentryException, InterruptedException {
      return Json.read(
          sentry.get(
              new ApiGet.Parameters().with("detailed", 0).to(Endpoint.ORGANIZATION, organization)),
          SHAPE,
          MemberOrganizations::organization);
    }
  }

  @Override
  public String name() {
    return "organizations";
  }

  @Override
  public String organization() {
    return "";
  }

  @Override
  public String detail() {
    return region == null ? "" : region.toString();
  }

  @Override
  public List<Organization> fetch(Fetching sentry) throws SentryException, InterruptedException {
    ApiGet request = new ApiGet.Parameters().with("per_page", 100).to(Endpoint.ORGANIZATIONS);
    return List.copyOf(Pages.read(sentry, request, SHAPE, MemberOrganizations::organization));
  }

  private static Organization organization(Json json) throws Json.Unexpected, SentryException {
    Fields organization = json.object(ID, SLUG, NAME, LINKS);
    return new Organization(
        organization.get(ID, ""),
        organization.required(SLUG),
        organization.get(NAME, ""),
        organization.get(LINKS, ""));
  }
}
