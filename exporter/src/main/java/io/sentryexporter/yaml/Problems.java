package io.sentryexporter.yaml;

import io.sentryexporter.yaml.Location.Position;
import io.sentryexporter.yaml.Problem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Collects the problems of one file, so that all are reported at once, up to a limit.
public final class Problems {
  /// Maximum number of problems: more than a user fixes before the next try. A file of garbage has
  /// no end of them.
  private static final int MOST = 100;

  private static final Comparator<Problem> BY_POSITION =
      (one, other) ->
          one.line() == other.line()
              ? Integer.compare(one.column(), other.column())
              : Integer.compare(one.line(), other.line());

  private final String file;
  private final Set<Problem> errors = new LinkedHashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();

  /// @param file the name that messages begin with
  public Problems(String file) {
    this.file = file;
  }

  /// All problems, each once, in the order of the file; of too many the first, errors before
  /// warnings, and a last one that reports the cut.
  public List<Problem> inOrder() {
    var told =
        Stream.concat(errors.stream().limit(MOST), warnings.stream().limit(MOST))
            .limit(MOST)
            .sorted(BY_POSITION);
    if (errors.size() + warnings.size() <= MOST) {
      return told.toList();
    }
    var severity = hasErrors() ? Severity.ERROR : Severity.WARNING;
    var all = new ArrayList<>(told.toList());
    all.add(new Problem(file, 0, 0, "", "… and more; fix these first", severity));
    return List.copyOf(all);
  }

  /// Adds a problem outside the file, such as one of an environment variable.
  public Location at(String name) {
    return new Location(this, Position.WHOLE_FILE, name);
  }

  /// The name that messages begin with.
  public String file() {
    return file;
  }

  public boolean hasErrors() {
    return !errors.isEmpty();
  }

  /// Reports why the file was not read to its end, instead of all other problems, most of which are
  /// garbage too.
  void onlyError(Position at, String text) {
    errors.clear();
    warnings.clear();
    add(Severity.ERROR, at, "", text);
  }

  void add(Severity severity, Position at, String path, String text) {
    var found = severity == Severity.ERROR ? errors : warnings;
    if (found.size() <= MOST) { // one above shows that there are more
      found.add(new Problem(file, at.line(), at.column(), path, text, severity));
    }
  }
}
