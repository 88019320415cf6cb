package io.sentryexporter.yaml;

import io.sentryexporter.text.SecretRedactor;

/// An error or a warning in a file: where it is, what it is, how to fix it.
///
/// @param line from 1; 0 when the file as a whole is meant
/// @param column in characters, from 1; 0 when the file as a whole is meant
/// @param path the keys from the top, such as `modules.sentry.timeout`; empty where there is none
/// @param text never holds a value that may be secret
public record Problem(
    String file, int line, int column, String path, String text, Severity severity) {

  /// Whether a file with the problem can be used.
  public enum Severity {
    ERROR,
    WARNING
  }

  /// A problem of the file as a whole: it cannot be read, or holds nothing.
  public static Problem ofFile(String file, String text) {
    return new Problem(file, 0, 0, "", text, Severity.ERROR);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /// One line: `exporter.yml:14:14: modules.default.timeout: "5 sec" is not a duration; …`.
  @Override
  public String toString() {
    var shown = SecretRedactor.hideTokens(file);
    var place = line == 0 ? shown : shown + ":" + line + ":" + column;
    var mark = isError() ? "" : "warning: ";
    return place + ": " + mark + (path.isEmpty() ? "" : path + ": ") + text;
  }
}
