package io.sentryexporter.yaml;

import io.sentryexporter.text.Misspelling;
import io.sentryexporter.yaml.YamlNode.Mapping;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A mapping of the file, read strictly: problems go to the file's [Problems].
public final class YamlMap {
  static final String HOW_TO_WRITE = "a mapping: its keys on lines of their own, indented";

  private final Mapping mapping;
  private final Location location;

  YamlMap(Mapping mapping, Location location) {
    this.mapping = mapping;
    this.location = location;
  }

  /// A mapping that is in no file: all its keys are absent.
  public static YamlMap empty() {
    return empty(Location.nowhere());
  }

  /// A mapping that is not in the file, but could stand at a location: all its keys are absent.
  static YamlMap empty(Location location) {
    return new YamlMap(new Mapping(location.at(), Map.of()), location);
  }

  /// A mapping with a problem as a whole; nothing more is reported for it.
  static YamlMap unreadable(Location location) {
    return empty(location.silenced());
  }

  /// The value of a key; as if absent when there is a problem with it.
  public <T> T get(Key<T> key) {
    var entry = mapping.members().get(key.name());
    if (entry == null) {
      return absent(key, "missing; write it");
    }
    return YamlNode.isNothing(entry.value())
        ? absent(key, "without a value; write one")
        : key.read(entry.value(), location(key));
  }

  private <T> T absent(Key<T> key, String complaint) {
    if (key.isRequired()) {
      location(key).error(complaint);
    }
    return key.absent(location(key));
  }

  /// Whether a key is absent or without a value.
  public boolean lacks(Key<?> key) {
    var entry = mapping.members().get(key.name());
    return entry == null || YamlNode.isNothing(entry.value());
  }

  /// Whether a list without items is written.
  public boolean isEmptyList(Key<?> key) {
    var entry = mapping.members().get(key.name());
    return entry != null
        && entry.value() instanceof YamlNode.Sequence list
        && list.items().isEmpty();
  }

  /// Where the mapping stands; one that drops problems if the mapping has one as a whole.
  public Location location() {
    return location;
  }

  /// Every key with its value, in the order of the file.
  public List<Entry> entries() {
    return mapping.members().entrySet().stream()
        .map(member -> new Entry(member.getKey(), member.getValue(), location))
        .toList();
  }

  /// Reports every key that is not one of these.
  public YamlMap only(Collection<Key<?>> known) {
    return only(known, List.of(), "");
  }

  /// Reports every key that is not one of these.
  ///
  /// @param elsewhere keys that have their place in mappings of another kind
  /// @param where which kind that is
  public YamlMap only(Collection<Key<?>> known, Collection<Key<?>> elsewhere, String where) {
    mapping
        .members()
        .forEach((name, member) -> {
          if (!isOneOf(known, name)) {
            String complaint =
                isOneOf(elsewhere, name)
                    ? "a key of " + where + "; remove it"
                    : "unknown key; " + instead(name, known);
            location.key(name, member.keyAt()).error(complaint);
          }
        });
    return this;
  }

  private static boolean isOneOf(Collection<Key<?>> keys, String name) {
    return keys.stream().anyMatch(key -> key.name().equals(name));
  }

  /// The values as they are written, to be shown again; an absent key's is its default, and there
  /// is none for a key without one.
  public Map<String, Object> written(Collection<Key<?>> keys) {
    var written = new LinkedHashMap<String, Object>();
    for (var key : keys) {
      var member = mapping.members().get(key.name());
      if (member != null && !YamlNode.isNothing(member.value())) {
        written.put(key.name(), member.value().written());
      } else if (!key.defaultYaml().equals("")) {
        written.put(key.name(), key.defaultYaml());
      }
    }
    return written;
  }

  private static String instead(String name, Collection<Key<?>> known) {
    for (var key : known) {
      if (key.declares(name)) {
        return "indent it below \"" + key.name() + ":\"";
      }
    }
    var names = known.stream().map(Key::name).sorted().toList();
    return Misspelling.closest(name, names)
        .map(closest -> "did you mean \"" + closest + "\"?")
        .orElseGet(() -> "known here: " + String.join(", ", names));
  }

  /// Where the value of a key stands; where it is absent, the mapping.
  public Location location(Key<?> key) {
    var entry = mapping.members().get(key.name());
    return location.key(key.name(), entry == null ? location.at() : entry.value().at());
  }

  /// A key that the user chose, and its value.
  public static final class Entry {
    private final String name;
    private final YamlNode value;
    private final Location nameLocation;
    private final Location location;

    Entry(String name, YamlNode.Member member, Location parent) {
      this.name = name;
      this.value = member.value();
      this.nameLocation = parent.at(member.keyAt());
      this.location = parent.key(name, value.at());
    }

    public String name() {
      return name;
    }

    /// The value as a mapping; an empty one if nothing is written.
    public YamlMap map() {
      if (value instanceof Mapping mapping) {
        return new YamlMap(mapping, location);
      }
      if (YamlNode.isNothing(value)) {
        return YamlMap.empty(location);
      }
      ValueType.mismatch(value, location, YamlMap.HOW_TO_WRITE);
      return YamlMap.unreadable(location);
    }

    /// The value as one of this key's type; as if absent when there is none, or a problem.
    public <T> T value(Key<T> key) {
      return YamlNode.isNothing(value) ? key.absent(location) : key.read(value, location);
    }

    /// The value as it is written, the empty text if nothing is; absent after a problem.
    public Optional<String> text() {
      if (value instanceof YamlNode.Scalar scalar) {
        return Optional.of(scalar.isNothing() ? "" : scalar.text());
      }
      ValueType.mismatch(value, location, "one text; quote it if it has { } [ ] or \": \" in it");
      return Optional.empty();
    }

    /// Where the value stands; its path names the key.
    public Location location() {
      return location;
    }

    /// Where the key stands; its path leaves the key out, for one that should not be shown.
    public Location nameLocation() {
      return nameLocation;
    }
  }
}
