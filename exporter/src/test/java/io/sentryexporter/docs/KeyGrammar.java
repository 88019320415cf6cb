package io.sentryexporter.docs;

import io.sentryexporter.yaml.Key;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Declared keys as a commented YAML skeleton, in the notation of Prometheus' documentation. A key
/// that stands in several places is described in the first.
public final class KeyGrammar {
  private final StringBuilder lines = new StringBuilder();
  private final TreeSet<String> placeholders = new TreeSet<>();
  private final Set<Key<?>> described = new HashSet<>();

  private KeyGrammar() {}

  public static KeyGrammar of(List<Key<?>> keys) {
    var grammar = new KeyGrammar();
    keys.forEach(key -> grammar.describe(key, "", ""));
    return grammar;
  }

  /// The skeleton, as a code block of a page.
  public String block() {
    return "```yaml\n" + lines + "```\n";
  }

  /// The words in angle brackets that the skeleton has, by name.
  public List<String> placeholders() {
    return List.copyOf(placeholders);
  }

  /// @param dash stands before the name of the first key of an item
  private void describe(Key<?> key, String indent, String dash) {
    String own = indent + " ".repeat(dash.length());
    String form = key.form();
    boolean hasEntries = form.contains(":") || (!key.children().isEmpty() && !form.isEmpty());
    boolean isList = form.startsWith("[") && !key.children().isEmpty();
    boolean isFirstBelow = lines.toString().endsWith(":\n") || lines.toString().endsWith(": ]\n");
    lines.append(lines.isEmpty() || isFirstBelow ? "" : "\n");
    if (!described.add(key)) {
      lines.append(own).append("# As above.\n");
      lines.append(indent).append(dash).append(again(line(key, hasEntries))).append('\n');
      return;
    }
    lines.append(Paragraph.of(own + "# ", own + "# ", key.help()));
    lines.append(indent).append(dash).append(line(key, hasEntries)).append('\n');
    List.of(form.split("[^<>a-z]+", -1)).stream()
        .filter(word -> !word.isEmpty())
        .forEach(placeholders::add);
    if (isList) {
      describe(key.children().getFirst(), own + "  ", "- ");
      key.children().stream().skip(1).forEach(below -> describe(below, own + "    ", ""));
      return;
    }
    if (hasEntries) {
      lines.append(own).append("  ").append(form).append(form.contains(":") ? " ...\n" : ":\n");
    }
    key.children().forEach(below -> describe(below, own + (hasEntries ? "    " : "  "), ""));
  }

  /// The line of a key that is described above; its own keys or entries are `...`.
  private static String again(String line) {
    return line.replaceFirst(":(?= ]$|$)", ": ...");
  }

  private static String line(Key<?> key, boolean hasEntries) {
    String value = hasEntries || key.form().isEmpty() ? "" : " " + key.form();
    if (key.isRequired()) {
      return key.name() + ":" + value;
    }
    boolean isExplained = key.shownDefault().isEmpty() || key.help().contains("Absent");
    String standard = isExplained ? "" : " | default = " + key.shownDefault();
    return "[ " + key.name() + ":" + value + standard + " ]";
  }
}
