package io.sentryexporter.sentry;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The subject of a probe: an organization, or one of its projects. Slugs or ids, as in Sentry's
/// paths; old servers have projects with capitals and dots.
///
/// @param project null for the organization
public record Target(String organization, @Nullable String project) {
  private static final Pattern ORGANIZATION =
      Pattern.compile("[0-9]{1,100}|(?![0-9]+$)[a-zA-Z0-9][a-zA-Z0-9-]{0,99}(?<!-)");
  private static final Pattern PROJECT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,100}");

  public Target {
    if (!isOrganization(organization) || (project != null && !isProject(project))) {
      throw new IllegalArgumentException(organization + "/" + project);
    }
  }

  /// Reads `organization` or `organization/project`; null if the text is neither.
  public static @Nullable Target parse(String text) {
    int slash = text.indexOf('/');
    String organization = slash < 0 ? text : text.substring(0, slash);
    String project = slash < 0 ? null : text.substring(slash + 1);
    boolean good = isOrganization(organization) && (project == null || isProject(project));
    return good ? new Target(organization, project) : null;
  }

  @Override
  public String toString() {
    return project == null ? organization : organization + "/" + project;
  }

  /// Whether a text has the form of an organization's slug or id.
  static boolean isOrganization(String text) {
    return ORGANIZATION.matcher(text).matches();
  }

  private static boolean isProject(String text) {
    return PROJECT.matcher(text).matches();
  }
}
