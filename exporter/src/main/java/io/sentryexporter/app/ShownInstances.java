package io.sentryexporter.app;

import io.sentryexporter.probe.ActiveConfig;
import io.sentryexporter.sentry.Deprecations;
import io.sentryexporter.sentry.KnownOrganization;
import io.sentryexporter.sentry.Sentry;
import io.sentryexporter.web.page.LandingView;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;

/// The active instances with their state, as the landing page shows them.
final class ShownInstances {
  private ShownInstances() {}

  /// In the order of the configuration.
  static List<LandingView.Instance> of(ActiveConfig graph) {
    return graph.config().instances().keySet().stream()
        .map(name -> shown(name, Objects.requireNonNull(graph.sentries().get(name))))
        .toList();
  }

  private static LandingView.Instance shown(String name, Sentry sentry) {
    return new LandingView.Instance(
        name,
        sentry.instance().url().toString(),
        sentry.organizations().stream().map(ShownInstances::shown).toList(),
        sentry.deprecations().stream().map(ShownInstances::note).toList());
  }

  private static String note(Deprecations.Deprecation one) {
    return "%s ends on %s%s"
        .formatted(
            one.endpoint().name(),
            one.date().atZone(ZoneOffset.UTC).toLocalDate(),
            one.replacement().isEmpty() ? "" : ", instead: " + one.replacement());
  }

  private static LandingView.Organization shown(KnownOrganization known) {
    return new LandingView.Organization(
        known.slug(), known.ages(), known.missingEndpoints(), known.missingScopes());
  }
}
