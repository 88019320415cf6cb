package io.sentryexporter.yaml;

import java.util.Optional;

/// A key that the user chose, and its value.
public final class YamlEntry {
  private final String name;
  private final YamlNode value;
  private final Place namePlace;
  private final Place place;

  YamlEntry(String name, YamlNode.Entry entry, Place parent) {
    this.name = name;
    this.value = entry.value();
    this.namePlace = parent.at(entry.keyAt());
    this.place = parent.key(name, value.at());
  }

  public String name() {
    return name;
  }

  /// The value as a mapping; an empty one if nothing is written.
  public YamlMap map() {
    return switch (value) {
      case YamlNode.Mapping mapping -> new YamlMap(mapping, place);
      case YamlNode.Scalar scalar when scalar.isNothing() -> YamlMap.empty(place);
      case YamlNode.Scalar _, YamlNode.Sequence _, YamlNode.Unreadable _ -> {
        Form.mismatch(value, place, YamlMap.HOW_TO_WRITE);
        yield YamlMap.unreadable(place);
      }
    };
  }

  /// The value as it is written, the empty text if nothing is; absent after a problem.
  public Optional<String> text() {
    return switch (value) {
      case YamlNode.Scalar scalar -> Optional.of(scalar.isNothing() ? "" : scalar.text());
      case YamlNode.Mapping _, YamlNode.Sequence _, YamlNode.Unreadable _ -> {
        Form.mismatch(value, place, "one text; quote it if it has { } [ ] or \": \" in it");
        yield Optional.empty();
      }
    };
  }

  /// Where the value stands; its path names the key.
  public Place place() {
    return place;
  }

  /// Where the key stands; its path leaves the key out, for one that should not be shown.
  public Place namePlace() {
    return namePlace;
  }
}
