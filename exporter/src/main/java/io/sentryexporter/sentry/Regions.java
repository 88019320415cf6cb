package io.sentryexporter.sentry;

import io.sentryexporter.http.Origin;
import io.sentryexporter.sentry.AnswerCache.Kept;
import io.sentryexporter.sentry.api.ApiRequest;
import io.sentryexporter.sentry.api.MemberOrganizations;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.api.MemberOrganizations.OrganizationPage;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.time.Deadline;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hosts of regions to which the token of an instance may go, and the organizations of each.
///
/// Sentry reports the region of an organization. If the configuration has it, requests go to the
/// configured URL, never to one that Sentry sends; all else goes to the URL of the instance, from
/// which Sentry passes it on to the region.
final class Regions {
  private static final Logger log = LoggerFactory.getLogger(Regions.class);

  /// Regions that the log names; a server may make them up.
  private static final int MOST_REPORTED = 10;

  private final Instance instance;
  private final AnswerCache answers;
  private final SentryClient.Requests requests;
  private final Map<URI, Executor> lanes = new LinkedHashMap<>();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  /// Where an organization is requested.
  ///
  /// @param region null for the URL of the instance
  private record Place(@Nullable URI region) {}

  /// @param lane makes threads for the fetches of one region, so that one that hangs holds up no
  ///   other
  Regions(
      Instance instance,
      AnswerCache answers,
      SentryClient.Requests requests,
      Supplier<Executor> lane) {
    this.instance = instance;
    this.answers = answers;
    this.requests = requests;
    instance.regions().forEach(region -> lanes.put(region, lane.get()));
  }

  /// The region to send a request to; null for the URL of the instance, also where the region
  /// cannot be found out.
  @Nullable URI of(ApiRequest<?> request, Deadline deadline) throws InterruptedException {
    if (request instanceof MemberOrganizations list) {
      return list.region();
    }
    String organization = request.organization();
    if (organization.isEmpty() || request instanceof OrganizationPage) {
      return null;
    }
    Place place = known(organization);
    if (place != null) {
      answers.begin(requests.of(new MemberOrganizations()), CachePolicy.NAMES); // if it is due
      return place.region();
    }
    try {
      answers.getWithin(requests.of(new MemberOrganizations()), CachePolicy.NAMES, deadline);
      place = known(organization);
      return place == null
          ? configured(
              answers.getWithin(
                  requests.of(new OrganizationPage(organization)), CachePolicy.NAMES, deadline))
          : place.region();
    } catch (SentryException _) {
      return null;
    }
  }

  /// The threads for requests about an organization.
  ///
  /// @param usual of the instance
  Executor lane(String organization, Executor usual) {
    Place place = known(organization);
    return place == null || place.region() == null
        ? usual
        : lanes.getOrDefault(place.region(), usual);
  }

  /// The configured regions of which a list of organizations has none: theirs may be missing in it,
  /// as older servers list only some regions.
  List<URI> missingIn(List<Organization> list) {
    return instance.regions().stream()
        .filter(
            region -> list.stream().noneMatch(organization -> isAt(region, organization.region())))
        .toList();
  }

  /// The kept lists of all regions together; empty if one is missing.
  List<Organization> kept() {
    List<Organization> main = kept(null);
    if (main == null || main.isEmpty()) {
      return List.of();
    }
    var all = new LinkedHashMap<String, Organization>();
    main.forEach(one -> all.put(one.slug(), one));
    for (URI region : missingIn(main)) {
      List<Organization> list = kept(region);
      if (list == null) {
        return List.of();
      }
      list.forEach(one -> all.putIfAbsent(one.slug(), one));
    }
    return List.copyOf(all.values());
  }

  private @Nullable List<Organization> kept(@Nullable URI region) {
    Kept<List<Organization>> kept = answers.last(requests.of(new MemberOrganizations(region)));
    return kept != null && answers.isYounger(kept, CachePolicy.NAMES.maxStale())
        ? kept.answer()
        : null;
  }

  /// Null for an organization that no kept answer names.
  private @Nullable Place known(String organization) {
    for (URI region : instance.regions()) {
      if (named(organization, kept(region)) != null) {
        return new Place(region);
      }
    }
    Organization found = named(organization, kept(null));
    if (found == null) {
      Kept<Organization> page = answers.last(requests.of(new OrganizationPage(organization)));
      found = page == null ? null : page.answer();
    }
    return found == null ? null : new Place(configured(found));
  }

  private static @Nullable Organization named(String name, @Nullable List<Organization> list) {
    return list == null
        ? null
        : list.stream()
            .filter(one -> one.slug().equals(name) || one.id().equals(name))
            .findFirst()
            .orElse(null);
  }

  /// Null if the configuration does not have the organization's region.
  private @Nullable URI configured(Organization organization) {
    for (URI region : instance.regions()) {
      if (isAt(region, organization.region())) {
        return region;
      }
    }
    String region = organization.region();
    if (!region.isEmpty()
        && !isAt(instance.url(), region)
        && reported.size() < MOST_REPORTED
        && reported.add(region)) {
      log.atInfo()
          .addKeyValue("instance", instance.name())
          .addKeyValue("organization", organization.slug())
          .addKeyValue("region", region)
          .log(
              "the region of an organization is not among regions of the instance: it is requested"
                  + " through the url of the instance");
    }
    return null;
  }

  /// Whether a text that Sentry sent is a URL of this server.
  private static boolean isAt(URI server, String text) {
    try {
      var uri = URI.create(text);
      return Origin.of(uri).equals(Origin.of(server))
          && Objects.equals(path(uri), path(server))
          && uri.getRawQuery() == null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static String path(URI uri) {
    String path = Objects.requireNonNullElse(uri.getRawPath(), "");
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
