package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.fragment;
import static io.sentryexporter.web.page.Html.styled;
import static io.sentryexporter.web.page.Html.text;

import io.sentryexporter.sentry.OrganizationState;
import io.sentryexporter.sentry.SentryClient.Outage;
import io.sentryexporter.sentry.model.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The table of the Sentry instances and the state of each organization. What gives no answers or
/// lacks something comes first.
final class InstancesTable {
  private static final List<String> COLUMNS =
      List.of("Instance", "State", "Organization", "Kept answers", "Lacks");

  /// Maximum number of organizations shown of an instance; the page of metrics has all.
  private static final int MOST = 50;

  /// Maximum number of rows of the table.
  private static final int MOST_ROWS = 300;

  private final RelativeTime times;
  private final List<List<Html>> rows = new ArrayList<>();

  private InstancesTable(RelativeTime times) {
    this.times = times;
  }

  static Html of(List<LandingView.Instance> instances, RelativeTime times) {
    var table = new InstancesTable(times);
    instances.stream()
        .sorted(
            Comparator.comparing((LandingView.Instance one) -> one.outage() == null)
                .thenComparing(
                    one -> one.organizations().stream().noneMatch(InstancesTable::lacks)))
        .forEach(table::add);
    var shown = table.rows.size() > MOST_ROWS ? table.rows.subList(0, MOST_ROWS) : table.rows;
    Html rest =
        table.rows.size() > MOST_ROWS
            ? styled("p", "rest", text("and " + (table.rows.size() - MOST_ROWS) + " more rows"))
            : fragment(List.of());
    return fragment(List.of(Html.table("instances", "instances", COLUMNS, shown), rest));
  }

  private static boolean lacks(OrganizationState.Status one) {
    return !one.missingScopes().isEmpty() || !one.missingEndpoints().isEmpty();
  }

  private void add(LandingView.Instance instance) {
    var organizations =
        instance.organizations().stream()
            .sorted(Comparator.comparing((OrganizationState.Status one) -> !lacks(one)))
            .toList();
    Html state = state(instance);
    if (organizations.isEmpty()) {
      String none = instance.outage() == null ? "none before the first probe" : "none has answered";
      add(instance, state, quiet(none), text("–"), text("–"));
      state = text("–");
    }
    for (var one : organizations.subList(0, Math.min(MOST, organizations.size()))) {
      add(instance, state, text(one.slug()), ages(one), lacking(one));
      state = text("–");
    }
    for (String ending : instance.endings()) {
      add(instance, text("–"), quiet("deprecated"), text("–"), missing(ending));
    }
    if (organizations.size() > MOST) {
      String rest = "and " + (organizations.size() - MOST) + " more";
      add(instance, text("–"), quiet(rest), text("–"), text("–"));
    }
  }

  private void add(
      LandingView.Instance instance, Html state, Html organization, Html ages, Html lacking) {
    var name =
        fragment(
            List.of(
                element("strong", text(instance.name())),
                text(" "),
                element("code", text(instance.url()))));
    rows.add(List.of(name, state, organization, ages, lacking));
  }

  private Html state(LandingView.Instance instance) {
    Outage outage = instance.outage();
    if (outage == null) {
      return instance.organizations().isEmpty()
          ? quiet("not requested yet")
          : styled("span", "success", text("answers"));
    }
    return fragment(
        List.of(
            styled("span", "failure", text(words(outage.reason()))),
            text(" "),
            times.ago(outage.last()),
            text(", "),
            times.since(outage.since()),
            text(": "),
            quiet(outage.error())));
  }

  private static String words(Reason reason) {
    return switch (reason) {
      case DNS -> "host not found";
      case CONNECT -> "cannot connect";
      case CONNECTION_CLOSED -> "closes connections";
      case PROTOCOL -> "does not speak HTTP";
      case TLS -> "TLS fails";
      case TIMEOUT -> "does not answer in time";
      case AUTH -> "does not accept the token";
      case RATE_LIMITED -> "rate limit reached";
      case UPSTREAM_5XX -> "out of order";
      case PARSE -> "does not answer with JSON";
      case REDIRECT -> "redirects elsewhere";
      case NOT_SENTRY -> "is not Sentry";
      case SCOPE,
          NOT_FOUND,
          NOT_ALLOWED,
          TOO_LARGE,
          UNSUPPORTED,
          TRUNCATED,
          REJECTED,
          CONFIG,
          CANCELLED,
          INTERNAL ->
          reason.label();
    };
  }

  private static Html ages(OrganizationState.Status organization) {
    return organization.ages().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(oldest ->
            fragment(
                List.of(
                    text(organization.ages().size() + " "),
                    quiet(
                        "oldest: "
                            + oldest.getKey()
                            + ", "
                            + RelativeTime.rounded(oldest.getValue())))))
        .orElse(text("–"));
  }

  private static Html lacking(OrganizationState.Status organization) {
    var parts = new ArrayList<Html>();
    if (!organization.missingScopes().isEmpty()) {
      parts.add(missing("token lacks scope " + String.join(", ", organization.missingScopes())));
    }
    if (!organization.missingEndpoints().isEmpty()) {
      parts.add(missing("server lacks " + String.join(", ", organization.missingEndpoints())));
    }
    return parts.isEmpty() ? text("–") : fragment(parts);
  }

  private static Html missing(String text) {
    return styled("span", "missing", text(text));
  }

  private static Html quiet(String text) {
    return styled("span", "reason", text(text));
  }
}
