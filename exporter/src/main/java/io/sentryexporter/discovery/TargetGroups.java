package io.sentryexporter.discovery;

import io.sentryexporter.config.SentryModule;
import io.sentryexporter.discovery.Discovery.DiscoveredTarget;
import io.sentryexporter.discovery.Discovery.Found;
import io.sentryexporter.sentry.api.MemberOrganizations.Organization;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.yaml.DurationText;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes targets as Prometheus' HTTP service discovery reads them: a list of groups, each with one
/// target and its labels, in a stable order.
public final class TargetGroups {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(1);

  /// Prometheus takes a series without a sample for five minutes as ended; two scrapes may fail.
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(2);

  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
  private static final String META = "__meta_sentry_";

  private TargetGroups() {}

  /// How Prometheus reaches the exporter.
  ///
  /// @param scheme `http` or `https`
  /// @param address host and port
  /// @param path of probes
  public record Scrape(String scheme, String address, String path) {}

  /// Whether the recommended interval and timeout are among the labels. They override the job's.
  public enum Interval {
    LEFT_OUT,
    RECOMMENDED
  }

  /// Groups that need no relabelling: each is scraped as it is.
  public static void ready(Found found, Scrape scrape, Interval interval, OutputStream out) {
    boolean hasSeveralModules =
        found.targets().stream().map(target -> target.module().name()).distinct().count() > 1;
    json(
        found,
        out,
        target -> {
          var labels = meta(target);
          labels.put("__scheme__", scrape.scheme());
          labels.put("__metrics_path__", scrape.path());
          labels.put("__param_target", target.name());
          labels.put("__param_module", target.module().name());
          labels.put("instance", target.name());
          if (hasSeveralModules) { // one organization may be a target of each
            labels.put("module", target.module().name());
          }
          if (interval == Interval.RECOMMENDED) {
            labels.put("__scrape_interval__", DurationText.of(interval(target.module())));
            labels.put("__scrape_timeout__", DurationText.of(timeout(target.module())));
          }
          return new Group(scrape.address(), labels);
        });
  }

  /// Groups whose targets are those of probes, for jobs that relabel them as those of
  /// blackbox_exporter do.
  public static void targets(Found found, OutputStream out) {
    json(found, out, target -> new Group(target.name(), meta(target)));
  }

  private record Group(String target, Map<String, String> labels) {}

  private interface Grouping {
    Group of(DiscoveredTarget target);
  }

  private static void json(Found found, OutputStream out, Grouping grouping) {
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      for (DiscoveredTarget each : found.targets()) {
        Group group = grouping.of(each);
        json.writeStartObject();
        json.writeArrayPropertyStart("targets");
        json.writeString(group.target());
        json.writeEndArray();
        json.writeObjectPropertyStart("labels");
        group.labels().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
      }
      json.writeEndArray();
    }
  }

  /// Labels for relabelling, which Prometheus drops afterwards.
  private static Map<String, String> meta(DiscoveredTarget target) {
    Organization organization = target.organization();
    var labels = new TreeMap<String, String>();
    labels.put(META + "url", target.instance().url().toString());
    labels.put(META + "connection", target.instance().name());
    labels.put(META + "organization_slug", organization.slug());
    putKnown(labels, "organization_id", organization.id());
    putKnown(labels, "organization_name", organization.name());
    putKnown(labels, "organization_region", organization.region());
    Project project = target.project();
    if (project != null) {
      Project.Facts facts = project.facts();
      labels.put(META + "project_id", Long.toString(project.id()));
      labels.put(META + "project_slug", project.slug());
      putKnown(labels, "project_name", facts.name());
      putKnown(labels, "project_platform", project.platform());
      putKnown(labels, "project_status", facts.status());
      putKnown(labels, "project_teams", joined(project.teams()));
      putKnown(labels, "project_environments", joined(facts.environments()));
      labels.put(META + "project_has_access", Boolean.toString(project.hasAccess()));
      Boolean isMember = facts.isMember();
      putKnown(labels, "project_is_member", isMember == null ? "" : isMember.toString());
      putKnown(labels, "project_created_timestamp", seconds(project.created()));
      putKnown(labels, "project_first_event_timestamp", seconds(facts.firstEvent()));
    }
    return labels;
  }

  private static void putKnown(Map<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.put(META + name, value);
    }
  }

  /// With a comma at each end, so that a regular expression finds one item anywhere; without an
  /// item that has a comma, and would look like two.
  private static String joined(List<String> items) {
    String joined =
        items.stream()
            .filter(item -> item.indexOf(',') < 0)
            .map(item -> item + ",")
            .collect(Collectors.joining());
    return joined.isEmpty() ? "" : "," + joined;
  }

  private static String seconds(@Nullable Instant time) {
    return time == null ? "" : Long.toString(time.getEpochSecond());
  }

  /// A minute, or two if no data is newer sooner.
  private static Duration interval(SentryModule module) {
    boolean isSlow =
        module.collectors().stream()
            .allMatch(each -> each.policy().refreshInterval().compareTo(LONGEST_INTERVAL) >= 0);
    return isSlow ? LONGEST_INTERVAL : USUAL_INTERVAL;
  }

  private static Duration timeout(SentryModule module) {
    Duration own = module.timeout();
    return own.isPositive() && own.compareTo(USUAL_TIMEOUT) < 0 ? own : USUAL_TIMEOUT;
  }
}
