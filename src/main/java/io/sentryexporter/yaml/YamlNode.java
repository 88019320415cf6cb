package io.sentryexporter.yaml;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A file as a tree: aliases resolved, merges done, duplicate keys already complained of.
sealed interface YamlNode {
  Position at();

  /// What stands there, for "a list stands here".
  String kind();

  /// A single text.
  ///
  /// @param plain written without quotes, so that it may be a number, a boolean or nothing
  record Scalar(Position at, String text, boolean plain) implements YamlNode {
    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

    boolean isNothing() {
      return plain && NOTHING.contains(text);
    }

    @Override
    public String kind() {
      return isNothing() ? "nothing" : "a single value";
    }

    /// Without the text, which may be a secret.
    @Override
    public String toString() {
      return "Scalar[" + at + "]";
    }
  }

  record Sequence(Position at, List<YamlNode> items) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /// Keys and their values.
  ///
  /// @param entries in the order of the file
  record Mapping(Position at, Map<String, Entry> entries) implements YamlNode {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /// Something already complained of; whoever meets it keeps silent.
  record Unreadable(Position at) implements YamlNode {
    @Override
    public String kind() {
      return "something unreadable";
    }
  }

  /// The value of a key.
  ///
  /// @param keyAt where the key stands, not the value
  record Entry(Position keyAt, YamlNode value) {}

  static boolean isNothing(YamlNode node) {
    return node instanceof Scalar scalar && scalar.isNothing();
  }
}
