package io.sentryexporter.yaml;

import org.snakeyaml.engine.v2.exceptions.Mark;

/// A location in a file: line and column, in characters, both from 1; 0:0 is the file as a whole.
record Position(int line, int column) {
  static final Position WHOLE_FILE = new Position(0, 0);

  static Position of(Mark mark) {
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }

  /// The place of what follows `before`, the beginning of a file.
  static Position after(String before) {
    var lineStart = before.lastIndexOf('\n') + 1;
    var line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    return new Position(line, 1 + before.codePointCount(lineStart, before.length()));
  }
}
