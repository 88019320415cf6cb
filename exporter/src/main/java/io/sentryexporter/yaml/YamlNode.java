package io.sentryexporter.yaml;

import io.sentryexporter.yaml.Location.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A file as a tree: aliases resolved, merges done, duplicate keys already reported.
sealed interface YamlNode {
  Position at();

  /// What stands there, for "a list stands here".
  String kind();

  /// The same as [YamlText] takes it: a text, a number, a boolean, a list or a mapping of them.
  Object written();

  /// A single text.
  ///
  /// @param plain written without quotes, so that it may be a number, a boolean or nothing
  record Scalar(Position at, String text, boolean plain) implements YamlNode {
    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
    private static final Pattern NUMBER =
        Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?");

    boolean isNothing() {
      return plain && NOTHING.contains(text);
    }

    @Override
    public String kind() {
      return isNothing() ? "nothing" : "a single value";
    }

    @Override
    public Object written() {
      if (plain && (text.equals("true") || text.equals("false"))) {
        return Boolean.valueOf(text);
      }
      if (plain && NUMBER.matcher(text).matches()) {
        return text.contains(".") ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
      }
      return text;
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

    @Override
    public Object written() {
      return items.stream().map(YamlNode::written).toList();
    }
  }

  /// Keys and their values.
  ///
  /// @param members in the order of the file
  record Mapping(Position at, Map<String, Member> members) implements YamlNode {
    @Override
    public String kind() {
      return "a mapping";
    }

    @Override
    public Object written() {
      var written = new LinkedHashMap<String, Object>();
      members.forEach((name, member) -> written.put(name, member.value().written()));
      return written;
    }
  }

  /// A node with a reported problem; its readers report nothing more.
  record Unreadable(Position at) implements YamlNode {
    @Override
    public String kind() {
      return "something unreadable";
    }

    @Override
    public Object written() {
      return "";
    }
  }

  /// A key and its value.
  ///
  /// @param keyAt where the key stands, not the value
  record Member(Position keyAt, YamlNode value) {}

  static boolean isNothing(YamlNode node) {
    return node instanceof Scalar scalar && scalar.isNothing();
  }
}
