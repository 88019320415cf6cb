package io.sentryexporter.migration;

import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.yaml.Location;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A URL of Sentry's API in another exporter's configuration.
///
/// @param server scheme, host and path prefix, without `/api/0`
/// @param kind what targets are below it
/// @param organization whose projects the targets are; empty if targets name it
record ApiUrl(String server, Kind kind, String organization) {
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<scheme>(?i:https?))://((?<user>[^/?#]*)@)?"
              + "(?<host>(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?)"
              + "(?<path>(/+(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+){0,20}?)"
              + "(/+api(/0)?(/(?<kind>projects|organizations)(/(?<organization>[^/?#]+))?)?)?/*");
  private static final Pattern PAGE = Pattern.compile("/(api/0|organizations|settings)(/|$)");

  /// A part of a host's name has 63 characters at most: a token has more.
  private static final Pattern TOO_LONG = Pattern.compile("[A-Za-z0-9_-]{64}");

  /// Slugs, no longer than Sentry makes them: a token is.
  private static final Pattern ORGANIZATION =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?");

  private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9_.-]{1,50}");

  private static final String INSURANCE = "(?i)(.*\\.)?sentry\\.com";

  /// What is below a URL.
  enum Kind {
    PROJECTS,
    ORGANIZATIONS,
    API
  }

  /// Reads what targets are appended to; null, with a warning, if it is none of Sentry's API.
  static @Nullable ApiUrl prefix(String text, Location location) {
    ApiUrl url = server(text, location);
    if (url != null && url.kind() == Kind.API) {
      return unusable(location);
    }
    return url;
  }

  /// A URL without what may be secret.
  static String withoutUser(String text) {
    return text.replaceFirst("//[^/]*@", "//")
        .replaceFirst("[?#].*", "")
        .replaceAll("[A-Za-z0-9_-]{51,}", "LEFT-OUT");
  }

  static boolean isOrganization(String text) {
    return ORGANIZATION.matcher(text).matches();
  }

  static boolean isProject(String text) {
    return PROJECT.matcher(text).matches();
  }

  private static @Nullable ApiUrl unusable(Location location) {
    location.warn(
        "not a URL of Sentry's API, so no module of prober: sentry is made of it; write one with"
            + " url: https://sentry.io, or that of your server");
    return null;
  }

  /// Reads the URL of a server or of its API; null, with a warning, if it is none.
  static @Nullable ApiUrl server(String text, Location location) {
    Matcher url = PARTS.matcher(text.strip());
    if (!url.matches()
        || PAGE.matcher(url.group("path")).find()
        || TOO_LONG.matcher(url.group("host")).find()
        || SecretRedactor.hasToken(url.group("path"))) {
      return unusable(location);
    }
    if (url.group("user") != null) {
      location.warn(
          "a user or password in the URL is left out; write basic_auth: with password_file: instead"
              + " of authorization:, if it was needed");
    }
    String organization = url.group("organization");
    if (organization != null && !isOrganization(organization)) {
      location.warn(
          "a placeholder stands for the organization and is left out; write its slug there, and"
              + " below organizations:");
      organization = null;
    }
    String host = url.group("host");
    if (host.matches(INSURANCE)) {
      location.warn(
          "sentry.com belongs to an insurance company, and sentry.io takes its place here; revoke"
              + " the token if it was sent there");
      host = "sentry.io";
    }
    return new ApiUrl(
        url.group("scheme").toLowerCase(Locale.ROOT)
            + "://"
            + host
            + url.group("path").replaceAll("/+", "/"),
        switch (url.group("kind")) {
          case "projects" -> Kind.PROJECTS;
          case "organizations" -> Kind.ORGANIZATIONS;
          case null, default -> Kind.API;
        },
        organization == null ? "" : organization);
  }

  /// The same as a prefix of `prober: http`, with a slash at its end.
  String prefix() {
    return server
        + switch (kind) {
          case PROJECTS -> "/api/0/projects/";
          case ORGANIZATIONS -> "/api/0/organizations/";
          case API -> "/api/0/";
        }
        + (organization.isEmpty() ? "" : organization + "/");
  }
}
