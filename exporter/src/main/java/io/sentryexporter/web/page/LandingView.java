package io.sentryexporter.web.page;

import io.sentryexporter.metrics.ExporterMetrics.LastHour.Activity;
import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.sentry.OrganizationState;
import io.sentryexporter.sentry.SentryClient.Outage;
import io.sentryexporter.sentry.model.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The content of the landing page.
///
/// @param name name of the product
/// @param basePath prefix of every path of the exporter: empty, or such as `/sentry`
/// @param now time of the page
/// @param lastHour minutes, the oldest first
/// @param defaultModule chosen in the form
/// @param scraping how Prometheus scrapes this exporter
/// @param endpoints linked at the end, in this order
/// @param hasTraces whether traces of probes are served
public record LandingView(
    String name,
    String version,
    String basePath,
    Instant now,
    List<Banner> banners,
    Health health,
    List<Activity> lastHour,
    List<Instance> instances,
    List<Module> modules,
    String defaultModule,
    Probes probes,
    Scraping scraping,
    List<Endpoint> endpoints,
    boolean hasTraces) {

  public LandingView {
    banners = List.copyOf(banners);
    lastHour = List.copyOf(lastHour);
    instances = List.copyOf(instances);
    modules = List.copyOf(modules);
    endpoints = List.copyOf(endpoints);
  }

  /// A message at the top of the page.
  ///
  /// @param details one line each, such as the problems of a configuration file
  public record Banner(Kind kind, String text, List<String> details) {
    public Banner {
      details = List.copyOf(details);
    }

    /// Severity of a message.
    public enum Kind {
      NOTE,
      WARNING,
      ERROR
    }
  }

  /// The state of the targets that were probed in the last hour.
  ///
  /// @param targets their number
  /// @param isTruncated whether there are more, which are not known any more
  /// @param failing number of those whose last probe failed
  /// @param failures why they fail, the one of most targets first; not all, if there are many
  /// @param lastProbe start of the last probe; null if there was none
  public record Health(
      int targets,
      boolean isTruncated,
      int failing,
      List<Failing> failures,
      @Nullable Instant lastProbe) {
    public Health {
      failures = List.copyOf(failures);
    }
  }

  /// Targets that fail for one reason.
  ///
  /// @param names of the targets; not all, if there are many
  /// @param targets their number
  /// @param error what happened, in words
  /// @param since start of the first failed probe
  /// @param last start of the last one
  /// @param trace number of a probe whose trace is kept; null if none is
  public record Failing(
      String module,
      List<String> names,
      int targets,
      Reason reason,
      String error,
      Instant since,
      Instant last,
      @Nullable Long trace) {
    public Failing {
      names = List.copyOf(names);
    }
  }

  /// An instance of Sentry.
  ///
  /// @param url where it is, without secrets
  /// @param outage why it gives no answers; null if it does
  /// @param organizations that have been requested from it
  /// @param endings endpoints that Sentry is going to remove, one per line
  public record Instance(
      String name,
      String url,
      @Nullable Outage outage,
      List<OrganizationState.Status> organizations,
      List<String> endings) {
    public Instance {
      endings = List.copyOf(endings);
      organizations = List.copyOf(organizations);
    }
  }

  /// A configured module.
  ///
  /// @param source URL that it requests, without secrets, and what
  /// @param timeout null if only the scrape's own timeout counts
  /// @param sampleTarget a target to try; null if none is known
  public record Module(
      String name,
      String prober,
      String source,
      @Nullable Duration timeout,
      @Nullable String sampleTarget) {}

  /// The probes that are kept.
  ///
  /// @param shown newest first; not all, if there are many
  /// @param onlyFailed whether the others are left out
  /// @param kept number of all
  /// @param failed number of those that failed
  public record Probes(List<ProbeRecord> shown, boolean onlyFailed, int kept, int failed) {
    public Probes {
      shown = List.copyOf(shown);
    }
  }

  /// How Prometheus scrapes the exporter.
  ///
  /// @param configuration for Prometheus, as YAML
  /// @param probe URL of a probe to try
  public record Scraping(String configuration, String probe) {}

  /// A path of the exporter.
  ///
  /// @param path without the base path
  /// @param about description, in a few words
  public record Endpoint(String path, String about) {}
}
