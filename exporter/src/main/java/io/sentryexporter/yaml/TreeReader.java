package io.sentryexporter.yaml;

import io.sentryexporter.yaml.Location.Position;
import io.sentryexporter.yaml.YamlNode.Mapping;
import io.sentryexporter.yaml.YamlNode.Member;
import io.sentryexporter.yaml.YamlNode.Scalar;
import io.sentryexporter.yaml.YamlNode.Sequence;
import io.sentryexporter.yaml.YamlNode.Unreadable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/// Builds the tree from the library's events.
///
/// The library's composer is not used, because it throws at the first duplicate key and bounds
/// neither depth nor size nor merges. Aliases share the node they name, so they cost no memory, but
/// a reader of the tree visits it each time, so what they name counts each time. What merges copy
/// is bounded.
final class TreeReader {
  /// A configuration nests about six deep.
  private static final int DEEPEST = 64;

  /// Maximum number of nodes: those of some thousand modules; a tree of them takes some 20 MB.
  private static final int MOST_NODES = 100_000;

  private static final int MOST_ALIASES = 1_000;
  private static final int MOST_MERGED_KEYS = 10_000;

  private static final String TAG_PREFIX = "tag:yaml.org,2002:";
  private static final Set<String> PLAIN_TAGS = Set.of("int", "bool", "null", "float");
  private static final Set<String> OTHER_TAGS = Set.of("str", "map", "seq");
  private static final String MERGE = "<<";

  private final Iterator<Event> events;
  private final Problems problems;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private int nodes;
  private int aliases;
  private int mergedKeys;

  TreeReader(Iterator<Event> events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /// Reads the node that begins with the next event.
  ///
  /// @throws TooMuchException after reporting it: reading on would take time quadratic in the
  ///   depth, or more memory than there is
  YamlNode node() {
    return node(events.next(), new Location(problems, Position.WHOLE_FILE, ""), 0);
  }

  private YamlNode node(Event event, Location parent, int depth) {
    var location = parent.at(at(event));
    var before = nodes;
    count(1, location);
    return switch (event.getEventId()) {
      case Scalar ->
          anchored(
              ((ScalarEvent) event).getAnchor(), scalar((ScalarEvent) event, location), before);
      case Alias -> alias((AliasEvent) event, location);
      case SequenceStart, MappingStart ->
          collection((CollectionStartEvent) event, location, depth, before);
      case Comment, DocumentStart, DocumentEnd, MappingEnd, SequenceEnd, StreamStart, StreamEnd ->
          throw new IllegalStateException("a node cannot begin with " + event.getEventId());
    };
  }

  private void count(int more, Location location) {
    nodes += more;
    if (nodes > MOST_NODES) {
      problems.onlyError(
          location.at(),
          "more than "
              + MOST_NODES
              + " keys and values up to here; look whether it is the right file");
      throw new TooMuchException();
    }
  }

  private YamlNode collection(
      CollectionStartEvent event, Location location, int depth, int before) {
    checkTag(event.getTag(), location);
    if (depth >= DEEPEST) {
      new Location(problems, location.at(), "")
          .error("nested deeper than " + DEEPEST + " levels; no key is nested that deep");
      throw new TooMuchException();
    }
    var node =
        event instanceof MappingStartEvent ? mapping(location, depth) : sequence(location, depth);
    return anchored(event.getAnchor(), node, before);
  }

  private Sequence sequence(Location location, int depth) {
    var items = new ArrayList<YamlNode>();
    var event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event, location.item(items.size(), location.at()), depth + 1));
      event = events.next();
    }
    return new Sequence(location.at(), Collections.unmodifiableList(items));
  }

  private Mapping mapping(Location location, int depth) {
    var members = new LinkedHashMap<String, Member>();
    var merges = new ArrayList<YamlNode>();
    var event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      var key = node(event, location, depth + 1);
      var name = key instanceof Scalar scalar ? scalar.text() : "";
      var keyLocation = key instanceof Scalar ? location.key(name, key.at()) : location;
      var value = node(events.next(), keyLocation, depth + 1);
      if (key instanceof Scalar scalar) {
        if (scalar.plain() && name.equals(MERGE)) {
          merges.add(value);
        } else {
          put(members, name, new Member(key.at(), value), keyLocation);
        }
      } else {
        refuseKey(key, location);
      }
      event = events.next();
    }
    merges.forEach(merged -> merge(members, merged, location));
    return new Mapping(location.at(), Collections.unmodifiableMap(members));
  }

  private static void put(
      Map<String, Member> members, String name, Member member, Location location) {
    var first = members.putIfAbsent(name, member);
    if (first != null) {
      location.error("duplicate key, first in line " + first.keyAt().line() + "; keep one of them");
    }
  }

  private void refuseKey(YamlNode key, Location location) {
    if (!(key instanceof Unreadable)) { // already reported
      location
          .at(key.at())
          .error(key.kind() + " stands where a key belongs; quote it if it is text");
    }
  }

  private void merge(Map<String, Member> members, YamlNode merged, Location location) {
    switch (merged) {
      case Mapping mapping -> mergeMapping(members, mapping, location);
      case Sequence sequence when sequence.items().stream().allMatch(Mapping.class::isInstance) ->
          sequence.items().forEach(item -> merge(members, item, location));
      case Sequence _, Scalar _ ->
          location
              .key(MERGE, merged.at())
              .error(merged.kind() + " stands here; write a mapping, or a list of mappings");
      case Unreadable _ -> {} // already reported
    }
  }

  private void mergeMapping(Map<String, Member> members, Mapping merged, Location location) {
    if (mergedKeys > MOST_MERGED_KEYS) {
      return;
    }
    mergedKeys += merged.members().size();
    if (mergedKeys > MOST_MERGED_KEYS) {
      location.error("merges copy more than " + MOST_MERGED_KEYS + " keys; write less with <<");
      return;
    }
    merged.members().forEach(members::putIfAbsent);
  }

  private YamlNode scalar(ScalarEvent event, Location location) {
    var tag = event.getTag();
    checkTag(tag, location);
    var plain =
        tag.map(name -> PLAIN_TAGS.contains(shortTag(name)))
            .orElse(event.getImplicit().canOmitTagInPlainScalar());
    return new Scalar(location.at(), event.getValue(), plain);
  }

  private YamlNode alias(AliasEvent event, Location location) {
    aliases++;
    var anchored = anchors.get(event.getAlias().getValue());
    if (aliases > MOST_ALIASES) {
      if (aliases == MOST_ALIASES + 1) {
        location.error("more than " + MOST_ALIASES + " aliases; write less with *");
      }
      return new Unreadable(location.at());
    }
    if (anchored == null) {
      location.error("* begins an alias, and no anchor above has its name; quote it if it is text");
      return new Unreadable(location.at());
    }
    count(anchored.nodes(), location);
    return anchored.node();
  }

  /// Keeps a node for the aliases that name it.
  ///
  /// @param before how many nodes there were before it
  private YamlNode anchored(Optional<Anchor> anchor, YamlNode node, int before) {
    anchor.ifPresent(name -> anchors.put(name.getValue(), new Anchored(node, nodes - before)));
    return node;
  }

  private void checkTag(Optional<String> tag, Location location) {
    var name = tag.map(TreeReader::shortTag).orElse("str");
    if (!PLAIN_TAGS.contains(name) && !OTHER_TAGS.contains(name)) {
      location.error("! begins a type that is not known; remove it, or quote it if it is text");
    }
  }

  private static String shortTag(String tag) {
    return tag.startsWith(TAG_PREFIX) ? tag.substring(TAG_PREFIX.length()) : "!";
  }

  static Position at(Event event) {
    return Position.of(event.getStartMark().orElseThrow());
  }

  /// What aliases may name.
  ///
  /// @param nodes it and all below it
  private record Anchored(YamlNode node, int nodes) {}

  /// Ends the reading of a file made to exhaust the exporter.
  static final class TooMuchException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
