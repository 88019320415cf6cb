package io.sentryexporter.sentry.model;

/// An organization that Sentry names.
///
/// @param id a number; empty where the server does not give it
public record Organization(String id, String slug) {
  /// Whether a text has the form of an id, which no slug of a newer server has.
  public static boolean isId(String text) {
    return !text.isEmpty() && text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
  }
}
