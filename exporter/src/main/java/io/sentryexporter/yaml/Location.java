package io.sentryexporter.yaml;

import io.sentryexporter.text.Quoted;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.yaml.Problem.Severity;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;

/// A location in a file, to which problems are reported.
public final class Location {
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]{1,48}");

  private final Problems problems;
  private final Position at;
  private final String path;

  Location(Problems problems, Position at, String path) {
    this.problems = problems;
    this.at = at;
    this.path = path;
  }

  /// Reports an error, with which the file cannot be used: what is wrong, then how to write it.
  public void error(String text) {
    problems.add(Severity.ERROR, at, path, text);
  }

  /// Reports a warning, with which the file can be used.
  public void warn(String text) {
    problems.add(Severity.WARNING, at, path, text);
  }

  /// A location in no file, which drops problems.
  static Location nowhere() {
    return new Location(new Problems(""), Position.WHOLE_FILE, "");
  }

  Position at() {
    return at;
  }

  /// The same path elsewhere.
  Location at(Position other) {
    return new Location(problems, other, path);
  }

  /// A location that drops problems, for those that follow from a reported error.
  Location silenced() {
    return new Location(new Problems(""), at, path);
  }

  Location key(String name, Position keyAt) {
    return new Location(problems, keyAt, path.isEmpty() ? shown(name) : path + "." + shown(name));
  }

  Location item(int index, Position itemAt) {
    return new Location(problems, itemAt, path + "[" + index + "]");
  }

  /// A key as paths show it: `sentry`, `"my module"`.
  ///
  /// One too long for a name, or that looks like a token, is left out: it may be one that slipped
  /// out of its value.
  private static String shown(String key) {
    return PLAIN_KEY.matcher(key).matches() && !SecretRedactor.hasToken(key)
        ? key
        : Quoted.orElse(key, "\"…\"");
  }

  /// Line and column, in characters, both from 1; 0:0 is the file as a whole.
  record Position(int line, int column) {
    static final Position WHOLE_FILE = new Position(0, 0);

    static Position of(Mark mark) {
      return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /// The position of what follows `before`, the beginning of a file.
    static Position after(String before) {
      var lineStart = before.lastIndexOf('\n') + 1;
      var line = 1 + (int) before.chars().filter(c -> c == '\n').count();
      return new Position(line, 1 + before.codePointCount(lineStart, before.length()));
    }
  }
}
