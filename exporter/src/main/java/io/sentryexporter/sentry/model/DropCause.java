package io.sentryexporter.sentry.model;

import java.util.Locale;

/// Kinds of data left out of Sentry's answers because they make no sense.
public enum DropCause {
  /// A value, such as a ratio below 0; the rest of its item is kept.
  VALUE,
  /// An item of a list, such as a monitor without a slug.
  ITEM;

  /// The value of the label `cause`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
