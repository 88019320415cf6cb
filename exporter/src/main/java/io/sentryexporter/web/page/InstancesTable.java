package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.fragment;
import static io.sentryexporter.web.page.Html.styled;
import static io.sentryexporter.web.page.Html.text;
import static java.util.stream.Collectors.joining;

import io.sentryexporter.sentry.OrganizationState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The table of the Sentry instances and the state of each organization.
final class InstancesTable {
  private static final List<String> COLUMNS =
      List.of("Name", "Address", "Organization", "Answers", "Missing");

  /// Maximum number of organizations shown of an instance; the page of metrics has all.
  private static final int MOST = 50;

  private InstancesTable() {}

  static Html of(List<LandingView.Instance> instances) {
    var rows = new ArrayList<List<Html>>();
    for (var instance : instances) {
      var organizations = instance.organizations();
      if (organizations.isEmpty()) {
        rows.add(row(instance, quiet("none before the first probe"), text("–"), text("–")));
      }
      organizations.stream()
          .limit(MOST)
          .forEach(one -> rows.add(row(instance, text(one.slug()), ages(one), missing(one))));
      for (String ending : instance.endings()) {
        rows.add(row(instance, quiet("deprecated"), text("–"), missing(ending)));
      }
      if (organizations.size() > MOST) {
        String rest = "and " + (organizations.size() - MOST) + " more";
        rows.add(row(instance, quiet(rest), text("–"), text("–")));
      }
    }
    return Html.table("instances", COLUMNS, rows);
  }

  private static List<Html> row(
      LandingView.Instance instance, Html organization, Html ages, Html missing) {
    return List.of(
        element("strong", text(instance.name())),
        element("code", text(instance.url())),
        organization,
        ages,
        missing);
  }

  private static Html ages(OrganizationState.Status organization) {
    return organization.ages().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(oldest ->
            fragment(
                List.of(
                    text(organization.ages().size() + " "),
                    quiet("oldest: " + oldest.getKey() + ", " + rounded(oldest.getValue())))))
        .orElse(text("–"));
  }

  private static Html missing(OrganizationState.Status organization) {
    var parts = new ArrayList<String>();
    if (!organization.missingEndpoints().isEmpty()) {
      parts.add("on the server: " + String.join(", ", organization.missingEndpoints()));
    }
    if (!organization.missingScopes().isEmpty()) {
      parts.add("of the token: " + String.join(", ", organization.missingScopes()));
    }
    return parts.isEmpty() ? text("–") : missing(parts.stream().collect(joining("; ")));
  }

  private static Html missing(String text) {
    return styled("span", "missing", text(text));
  }

  private static Html quiet(String text) {
    return styled("span", "reason", text(text));
  }

  /// Down to the largest unit.
  private static String rounded(Duration age) {
    if (age.toMinutes() < 1) {
      return age.toSeconds() + " s";
    }
    return age.toHours() < 1 ? age.toMinutes() + " min" : age.toHours() + " h";
  }
}
