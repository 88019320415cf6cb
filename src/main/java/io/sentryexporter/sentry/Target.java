package io.sentryexporter.sentry;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whom a probe asks about: an organization, or one of its projects. Slugs, as in Sentry's paths.
///
/// @param project null for the organization
public record Target(String organization, @Nullable String project) {
  private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9_-]{0,99}");

  public Target {
    if (!isSlug(organization) || (project != null && !isSlug(project))) {
      throw new IllegalArgumentException(organization + "/" + project);
    }
  }

  /// Reads `organization` or `organization/project`; null if the text is neither.
  public static @Nullable Target parse(String text) {
    int slash = text.indexOf('/');
    String organization = slash < 0 ? text : text.substring(0, slash);
    String project = slash < 0 ? null : text.substring(slash + 1);
    boolean good = isSlug(organization) && (project == null || isSlug(project));
    return good ? new Target(organization, project) : null;
  }

  @Override
  public String toString() {
    return project == null ? organization : organization + "/" + project;
  }

  private static boolean isSlug(String text) {
    return SLUG.matcher(text).matches();
  }
}
