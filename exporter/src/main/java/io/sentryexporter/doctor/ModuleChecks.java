package io.sentryexporter.doctor;

import io.sentryexporter.config.HttpModule;
import io.sentryexporter.config.Module;
import io.sentryexporter.config.SentryModule;
import io.sentryexporter.doctor.Doctor.Parts;
import io.sentryexporter.doctor.Doctor.Step;
import io.sentryexporter.metrics.Exposition;
import io.sentryexporter.probe.PageMemory;
import io.sentryexporter.probe.ProbeRequest;
import io.sentryexporter.probe.ProbeResult;
import io.sentryexporter.probe.ProbeResult.Failure;
import io.sentryexporter.sentry.SentryClient;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Project;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.transport.RateLimitHeaders;
import io.sentryexporter.text.Misspelling;
import io.sentryexporter.time.Cancellation;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.yaml.DurationText;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Probes with a module as Prometheus would, and estimates what that costs Sentry.
final class ModuleChecks {
  /// As README's scrape job has it.
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(30);

  private final Module module;
  private final ServerChecks server;
  private final List<String> named;
  private final Parts parts;

  /// Requests of the first probe, by endpoint; empty before it.
  private final Map<String, Long> requests = new TreeMap<>();

  private String probed = "";

  /// @param named targets to probe; empty for one that is found
  ModuleChecks(Module module, ServerChecks server, List<String> named, Parts parts) {
    this.module = module;
    this.server = server;
    this.named = named;
    this.parts = parts;
  }

  List<Step> steps() {
    String subject = "module " + module.name();
    var steps = new ArrayList<Step>();
    for (String target : named) {
      steps.add(
          new Step(
              subject,
              "probe",
              LONGEST_PROBE,
              (found, deadline) -> probe(List.of(target), found, deadline)));
    }
    if (named.isEmpty()) {
      steps.add(
          new Step(
              subject,
              "probe",
              LONGEST_PROBE,
              (found, deadline) -> probe(targets(), found, deadline)));
    }
    steps.add(new Step(subject, "cost", this::cost));
    return steps;
  }

  private void probe(List<String> targets, Finding.Made found, Deadline deadline)
      throws InterruptedException {
    if (server.isStopped()) {
      found.skipped("not probed, for its server cannot be used");
      return;
    }
    if (targets.isEmpty()) {
      found.skipped(
          "no target is known; name one: sentry_exporter doctor --module="
              + module.name()
              + " my-organization/my-project");
      return;
    }
    for (String target : targets) {
      Map<String, Long> before = parts.metrics().requestsByEndpoint();
      probe(target, found, deadline);
      if (probed.isEmpty()) {
        probed = target;
        parts
            .metrics()
            .requestsByEndpoint()
            .forEach((endpoint, count) -> {
              long sent = count - before.getOrDefault(endpoint, 0L);
              if (sent > 0) {
                requests.put(endpoint, sent);
              }
            });
      }
    }
  }

  /// A target that fits the module: an organization that has projects, or one of these.
  private List<String> targets() {
    for (String organization : server.slugs()) {
      for (Project project : server.projects(organization)) {
        return switch (module) {
          case SentryModule _ -> List.of(organization);
          case HttpModule http -> targets(http, organization, project.slug());
          case Module.UnknownProber _ -> List.of();
        };
      }
    }
    return List.of();
  }

  private List<String> targets(HttpModule http, String organization, String project) {
    URI prefix = http.prefixUri();
    String path = prefix == null ? "" : prefix.getRawPath();
    String rest = path.substring(path.indexOf("/api/0/") + "/api/0/".length());
    if (rest.equals("organizations/")) {
      return List.of(organization);
    }
    if (rest.equals("projects/")) {
      return List.of(organization + "/" + project);
    }
    for (String slug : server.slugs()) {
      boolean isOfIt = rest.equals("projects/" + slug) || rest.equals("projects/" + slug + "/");
      if (isOfIt && !server.projects(slug).isEmpty()) {
        return List.of(server.projects(slug).getFirst().slug());
      }
    }
    return List.of();
  }

  private void probe(String target, Finding.Made found, Deadline deadline)
      throws InterruptedException {
    String seconds = Double.toString(deadline.remaining().toMillis() / 1e3);
    var request =
        ProbeRequest.read(target, module.name(), seconds, Duration.ofMillis(500), parts.active());
    switch (request) {
      case ProbeRequest.Refused refused -> found.failure(refused.message(), "");
      case ProbeRequest.Accepted accepted -> {
        try {
          ProbeResult result = parts.probes().run(accepted, Exposition.TEXT, new Cancellation());
          try (var _ = result.shared()) {
            report(target, result, found);
          }
        } catch (PageMemory.NoRoomException e) {
          found.warning(
              "%s: %s".formatted(target, e.getMessage()), "give the exporter more memory");
        }
      }
    }
  }

  private void report(String target, ProbeResult result, Finding.Made found) {
    result
        .failures()
        .forEach((collector, failure) -> {
          String text =
              target
                  + (collector.isEmpty() ? ": " : ": collector " + collector + ": ")
                  + failure.error();
          if (failure.reason() == Reason.UNSUPPORTED) {
            found.warning(
                text, "remove the collector from the module, or leave it: nothing else fails");
          } else if (failure.reason() == Reason.TIMEOUT && module.timeout().isPositive()) {
            found.failure(
                text, "raise timeout of the module, which is " + DurationText.of(module.timeout()));
          } else {
            found.failure(text, fix(target, failure));
          }
        });
    if (result.succeeded()) {
      found.ok(target + ": the probe succeeds");
    } else if (result.failures().isEmpty()) {
      found.failure(target + ": " + result.failure(), "");
    }
  }

  private String fix(String target, Failure failure) {
    int slash = target.indexOf('/');
    if (failure.reason() == Reason.NOT_FOUND && slash > 0) {
      String organization = target.substring(0, slash);
      var slugs = server.projects(organization).stream().map(Project::slug).toList();
      var closest = Misspelling.closest(target.substring(slash + 1), slugs);
      if (closest.isPresent()) {
        return "did you mean " + organization + "/" + closest.get() + "?";
      }
    }
    if (failure.reason() == Reason.NOT_FOUND) {
      var closest = Misspelling.closest(target, server.slugs());
      if (closest.isPresent()) {
        return "did you mean " + closest.get() + "?";
      }
    }
    return failure.reason().remedy().replace("`", "");
  }

  private void cost(Finding.Made found, Deadline deadline) {
    if (probed.isEmpty()) {
      return;
    }
    if (module instanceof SentryModule sentry) {
      cost(sentry, Objects.requireNonNull(server.client()), found);
    } else {
      found.ok("a request for each target and scrape");
    }
  }

  /// Compares the requests of a minute with what Sentry advertises, as far as it does.
  private void cost(SentryModule sentry, SentryClient client, Finding.Made found) {
    double all = 0;
    var perMinute = new HashMap<String, Double>();
    for (var each : requests.entrySet()) {
      double rate = each.getValue() * 60.0 / refresh(sentry, each.getKey()).toSeconds();
      perMinute.put(each.getKey(), rate);
      all += rate;
    }
    double share = client.instance().rateShare();
    var advertised = new ArrayList<String>();
    client
        .advertisedLimits()
        .forEach((endpoint, limits) -> {
          if (limits.limit() == null) {
            return;
          }
          advertised.add(endpoint.name() + " " + limits.limit() + "/s");
          double most = mostPerMinute(limits, share);
          double needed = perMinute.getOrDefault(endpoint.name(), 0.0);
          if (needed > most) {
            found.failure(
                String.format(
                    Locale.ROOT,
                    "%s: %.1f requests a minute are needed for %s, and rate_limit.share of the"
                        + " instance allows %.1f",
                    endpoint.name(),
                    needed,
                    probed,
                    most),
                "raise rate_limit.share, now " + share + ", or refresh_interval of the collectors");
          }
        });
    advertised.sort(String::compareTo);
    found.ok(
        String.format(
            Locale.ROOT,
            "%s: %d requests at first, then about %.1f a minute; Sentry %s",
            probed,
            requests.values().stream().mapToLong(Long::longValue).sum(),
            all,
            advertised.isEmpty()
                ? "advertises no limits"
                : "advertises "
                    + String.join(", ", advertised)
                    + ", of which "
                    + share
                    + " may be used"));
  }

  /// Sentry's windows are of a second.
  private static double mostPerMinute(RateLimitHeaders limits, double share) {
    return Objects.requireNonNull(limits.limit()) * 60.0 * share;
  }

  /// The shortest refresh interval of the collectors that request an endpoint.
  private static Duration refresh(SentryModule sentry, String endpoint) {
    if (endpoint.equals(Endpoint.PROJECTS.name())) {
      return Lifetime.LIST.duration();
    }
    return sentry.collectors().stream()
        .filter(collector ->
            collector.type().endpoints().stream().anyMatch(each -> each.name().equals(endpoint)))
        .map(collector -> collector.policy().refreshInterval())
        .filter(Duration::isPositive)
        .min(Duration::compareTo)
        .orElse(Lifetime.LIST.duration());
  }
}
