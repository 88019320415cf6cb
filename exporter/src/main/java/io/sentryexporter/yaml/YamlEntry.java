package io.sentryexporter.yaml;

import java.util.Optional;

/// A key that the user chose, and its value.
public final class YamlEntry {
  private final String name;
  private final YamlNode value;
  private final Location nameLocation;
  private final Location location;

  YamlEntry(String name, YamlNode.Entry entry, Location parent) {
    this.name = name;
    this.value = entry.value();
    this.nameLocation = parent.at(entry.keyAt());
    this.location = parent.key(name, value.at());
  }

  public String name() {
    return name;
  }

  /// The value as a mapping; an empty one if nothing is written.
  public YamlMap map() {
    return switch (value) {
      case YamlNode.Mapping mapping -> new YamlMap(mapping, location);
      case YamlNode.Scalar scalar when scalar.isNothing() -> YamlMap.empty(location);
      case YamlNode.Scalar _, YamlNode.Sequence _, YamlNode.Unreadable _ -> {
        ValueType.mismatch(value, location, YamlMap.HOW_TO_WRITE);
        yield YamlMap.unreadable(location);
      }
    };
  }

  /// The value as it is written, the empty text if nothing is; absent after a problem.
  public Optional<String> text() {
    return switch (value) {
      case YamlNode.Scalar scalar -> Optional.of(scalar.isNothing() ? "" : scalar.text());
      case YamlNode.Mapping _, YamlNode.Sequence _, YamlNode.Unreadable _ -> {
        ValueType.mismatch(value, location, "one text; quote it if it has { } [ ] or \": \" in it");
        yield Optional.empty();
      }
    };
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
