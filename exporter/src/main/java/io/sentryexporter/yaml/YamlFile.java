package io.sentryexporter.yaml;

import io.sentryexporter.yaml.Location.Position;
import io.sentryexporter.yaml.YamlNode.Mapping;
import io.sentryexporter.yaml.YamlNode.Scalar;
import io.sentryexporter.yaml.YamlNode.Unreadable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// The text of a configuration file, read as one YAML document.
public final class YamlFile {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String text;
  private final List<Key<?>> keys;
  private final Problems problems;
  private final boolean mayBeEmpty;

  private YamlFile(String text, List<Key<?>> keys, Problems problems, boolean mayBeEmpty) {
    this.text = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    this.keys = keys;
    this.problems = problems;
    this.mayBeEmpty = mayBeEmpty;
  }

  /// The mapping at the top; an empty one, and a problem, if none can be read.
  ///
  /// @param keys of that mapping; any other is a problem
  public static YamlMap read(String text, List<Key<?>> keys, Problems problems) {
    return new YamlFile(text, keys, problems, false).top().only(keys);
  }

  /// The same for a file as it is stored.
  public static YamlMap read(byte[] utf8, List<Key<?>> keys, Problems problems) {
    return read(utf8, keys, problems, false).only(keys);
  }

  /// The same for a file of another program, which may have more keys.
  ///
  /// @param keys of which a message names the first
  public static YamlMap readForeign(byte[] utf8, List<Key<?>> keys, Problems problems) {
    return read(utf8, keys, problems, false);
  }

  /// The same for a file that may be empty.
  public static YamlMap readOrEmpty(byte[] utf8, List<Key<?>> keys, Problems problems) {
    return read(utf8, keys, problems, true).only(keys);
  }

  private static YamlMap read(
      byte[] utf8, List<Key<?>> keys, Problems problems, boolean mayBeEmpty) {
    var bytes = ByteBuffer.wrap(utf8);
    var chars = CharBuffer.allocate(utf8.length);
    var result = StandardCharsets.UTF_8.newDecoder().decode(bytes, chars, true);
    var text = chars.flip().toString();
    if (result.isError()) {
      var location = new Location(problems, Position.after(text), "");
      location.error("not UTF-8 from here on; save the file as UTF-8");
      return YamlMap.unreadable(location);
    }
    return new YamlFile(text, keys, problems, mayBeEmpty).top();
  }

  private YamlMap top() {
    var tree = tree();
    var location = new Location(problems, tree.at(), "");
    if (tree instanceof Mapping mapping) {
      return new YamlMap(mapping, location);
    }
    boolean isEmpty = YamlNode.isNothing(tree);
    if (isEmpty && mayBeEmpty) {
      return YamlMap.empty(location);
    }
    String beginning = "begin with \"" + keys.getFirst().name() + ":\"";
    if (isEmpty) {
      new Location(problems, Position.WHOLE_FILE, "").error("empty; " + beginning);
    } else if (!(tree instanceof Unreadable)) {
      location.error(tree.kind() + " stands at the top; " + beginning);
    }
    return YamlMap.unreadable(location);
  }

  private YamlNode tree() {
    var printable = text.codePoints().takeWhile(StreamReader::isPrintable).toArray();
    var beginning = new String(printable, 0, printable.length);
    if (beginning.length() < text.length()) {
      return broken(Position.after(beginning), "a character that YAML does not allow; remove it");
    }
    try {
      return document(new Parse(LoadSettings.builder().build()).parseString(text).iterator());
    } catch (TreeReader.TooMuchException _) {
      return new Unreadable(Position.WHOLE_FILE); // already reported
    } catch (MarkedYamlEngineException e) {
      var mark = e.getProblemMark().or(e::getContextMark);
      return broken(mark.map(Position::of).orElse(Position.WHOLE_FILE), SyntaxMessage.of(e));
    } catch (YamlEngineException _) {
      return broken(Position.WHOLE_FILE, "not YAML 1.2; remove the line that begins with %YAML");
    }
  }

  private YamlNode document(Iterator<Event> events) {
    events.next(); // the stream starts
    if (events.next().getEventId() == Event.ID.StreamEnd) {
      return new Scalar(Position.WHOLE_FILE, "", true);
    }
    var tree = new TreeReader(events, problems).node();
    events.next(); // the document ends
    var next = events.next();
    return next.getEventId() == Event.ID.StreamEnd
        ? tree
        : broken(TreeReader.at(next), "a second document begins; keep one of them");
  }

  private Unreadable broken(Position at, String message) {
    new Location(problems, at, "").error(message);
    return new Unreadable(at);
  }
}
