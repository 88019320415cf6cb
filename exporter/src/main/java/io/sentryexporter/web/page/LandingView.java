package io.sentryexporter.web.page;

import io.sentryexporter.probe.ProbeRecord;
import io.sentryexporter.sentry.OrganizationState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The content of the landing page.
///
/// @param name name of the product
/// @param basePath prefix of every path of the exporter: empty, or such as `/sentry`
/// @param defaultModule chosen in the form
/// @param probes newest first
/// @param endpoints linked at the end, in this order
/// @param hasTraces whether traces of probes are served
public record LandingView(
    String name,
    String version,
    String basePath,
    List<Banner> banners,
    List<Instance> instances,
    List<Module> modules,
    String defaultModule,
    List<ProbeRecord> probes,
    List<Endpoint> endpoints,
    boolean hasTraces) {

  public LandingView {
    banners = List.copyOf(banners);
    instances = List.copyOf(instances);
    modules = List.copyOf(modules);
    probes = List.copyOf(probes);
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

  /// An instance of Sentry.
  ///
  /// @param url where it is, without secrets
  /// @param organizations that have been requested from it
  /// @param endings endpoints that Sentry is going to remove, one per line
  public record Instance(
      String name, String url, List<OrganizationState.Status> organizations, List<String> endings) {
    public Instance {
      endings = List.copyOf(endings);
      organizations = List.copyOf(organizations);
    }

    /// An instance for which Sentry announces no removal of an endpoint.
    public Instance(String name, String url, List<OrganizationState.Status> organizations) {
      this(name, url, organizations, List.of());
    }
  }

  /// A configured module.
  ///
  /// @param asks URL that it requests, without secrets
  /// @param timeout null if only the scrape's own timeout counts
  /// @param sampleTarget a target to try; null if none is known
  public record Module(
      String name,
      String prober,
      String asks,
      @Nullable Duration timeout,
      @Nullable String sampleTarget) {}

  /// A path of the exporter.
  ///
  /// @param path without the base path
  /// @param about description, in a few words
  public record Endpoint(String path, String about) {}
}
