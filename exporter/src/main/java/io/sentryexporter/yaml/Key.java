package io.sentryexporter.yaml;

import io.sentryexporter.text.Quoted;
import io.sentryexporter.yaml.YamlNode.Mapping;
import io.sentryexporter.yaml.YamlNode.Scalar;
import io.sentryexporter.yaml.YamlNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A declared key of the configuration: what reads it, checks it and documents it.
///
/// A key without a value counts as absent.
public final class Key<T> {
  private final String name;
  private final String help;
  private final Form<T> form;
  private final boolean required;
  private final List<Key<?>> below;

  private Key(String name, String help, Form<T> form, boolean required, List<Key<?>> below) {
    this.name = name;
    this.help = help;
    this.form = form;
    this.required = required;
    this.below = below;
  }

  private Key(String name, String help, Form<T> form) {
    this(name, help, form, false, List.of());
  }

  /// A text; numbers and booleans are taken as they are written. Absent: the empty text.
  public static Key<String> string(String name, String help) {
    return text(name, "<string>", help, "", (text, _) -> text);
  }

  /// A whole number within bounds, both included. Absent: the lower bound.
  public static Key<Integer> integer(String name, int min, int max, String help) {
    return new Key<>(
        name,
        help,
        Form.single("<integer>", min, String::valueOf, (s, place) -> number(s, place, min, max)));
  }

  /// A length of time in the notation of [DurationText]. Absent: zero.
  public static Key<Duration> duration(String name, String help) {
    return new Key<>(
        name,
        help,
        Form.single(
            "<duration>",
            Duration.ZERO,
            DurationText::of,
            (scalar, place) -> DurationText.read(scalar.text(), place)));
  }

  /// `true` or `false`. Absent: false.
  public static Key<Boolean> bool(String name, String help) {
    return new Key<>(name, help, Form.single("<boolean>", false, String::valueOf, Key::truth));
  }

  /// One of a few words. Absent: the first.
  ///
  /// @param form stands for the value in the documentation, such as `<colour>`
  /// @param word how a value is written
  public static <T> Key<T> oneOf(
      String name, String form, String help, List<T> values, Function<T, String> word) {
    return new Key<>(
        name,
        help,
        Form.single(
            form,
            values.getFirst(),
            word,
            (scalar, place) -> choice(scalar.text(), place, values, word)));
  }

  /// A text that the reader converts to a value of its own type.
  ///
  /// @param form stands for the value in the documentation, such as `<url>`
  public static <T> Key<T> text(
      String name, String form, String help, T absent, TextReader<T> reader) {
    return new Key<>(
        name,
        help,
        Form.single(
            form,
            absent,
            value -> value.equals(absent) ? "" : String.valueOf(value),
            (scalar, place) -> reader.read(scalar.text(), place)));
  }

  /// Converts a text to a value.
  public interface TextReader<T> {
    /// Null after an error reported to `place`.
    @Nullable T read(String text, Place place);
  }

  /// A mapping whose keys are declared; any other key in it is a problem. Absent: an empty one.
  public static Key<YamlMap> mapping(String name, String help, Key<?>... below) {
    var keys = List.of(below);
    return new Key<>(
        name,
        help,
        mappingForm("", (map, place) -> new YamlMap(map, place).only(keys)),
        false,
        keys);
  }

  /// A mapping whose keys the user chooses. Absent: an empty one.
  ///
  /// @param form stands for an entry in the documentation, such as `<name>`
  /// @param below keys that the documentation shows in each entry; the reader of an entry checks
  ///   them
  public static Key<YamlMap> named(String name, String form, String help, Key<?>... below) {
    return new Key<>(name, help, mappingForm(form, YamlMap::new), false, List.of(below));
  }

  private interface MapReader {
    YamlMap read(Mapping mapping, Place place);
  }

  private static Form<YamlMap> mappingForm(String placeholder, MapReader reader) {
    return new Form<>(
        placeholder,
        (node, place) -> {
          if (node instanceof Mapping mapping) {
            return reader.read(mapping, place);
          }
          Form.mismatch(node, place, YamlMap.HOW_TO_WRITE);
          return null;
        },
        YamlMap::empty,
        _ -> "");
  }

  /// A list of such values, mappings with declared keys too. Absent: the empty list.
  public Key<List<T>> list() {
    return new Key<>(
        name,
        help,
        new Form<>(
            listForm(),
            this::readItems,
            _ -> List.of(),
            items -> items.stream().map(form.shown()).collect(Collectors.joining(", ", "[", "]"))),
        false,
        below);
  }

  private String listForm() {
    return "[" + itemForm() + ", ...]";
  }

  private String itemForm() {
    return form().isEmpty() ? "{...}" : form();
  }

  private @Nullable List<T> readItems(YamlNode node, Place place) {
    if (!(node instanceof Sequence sequence)) {
      Form.mismatch(node, place, "a list: " + listForm());
      return null;
    }
    var items = new ArrayList<T>();
    for (var i = 0; i < sequence.items().size(); i++) {
      var item = sequence.items().get(i);
      var value = readItem(item, place.item(i, item.at()));
      if (value != null) {
        items.add(value);
      }
    }
    return List.copyOf(items);
  }

  private @Nullable T readItem(YamlNode item, Place place) {
    if (YamlNode.isNothing(item)) {
      place.error("an item without a value; write " + itemForm() + " or remove it");
      return null;
    }
    return form.reader().read(item, place);
  }

  /// The same key with a default of its own.
  public Key<T> byDefault(T value) {
    return new Key<>(name, help, form.withDefault(value), required, below);
  }

  /// The same key, and a problem where it is absent.
  public Key<T> required() {
    return new Key<>(name, help, form, true, below);
  }

  /// The same key, and a problem where its value is not allowed.
  ///
  /// @param otherwise what is wrong then, and how to write it
  public Key<T> where(Predicate<T> allowed, String otherwise) {
    Form.Reader<T> checked =
        (node, place) -> {
          var value = form.reader().read(node, place);
          if (value != null && !allowed.test(value)) {
            place.error(otherwise);
            return null;
          }
          return value;
        };
    return new Key<>(
        name,
        help,
        new Form<>(form.placeholder(), checked, form.absent(), form.shown()),
        required,
        below);
  }

  public String name() {
    return name;
  }

  /// What the value is for, in whole sentences.
  public String help() {
    return help;
  }

  /// What stands for the value in the documentation, such as `<duration>`.
  public String form() {
    return form.placeholder();
  }

  public boolean isRequired() {
    return required;
  }

  /// The keys of the mapping that is the value, or of each of its entries or items.
  public List<Key<?>> below() {
    return below;
  }

  /// Whether the value is a mapping with a key of this name.
  boolean declares(String keyBelow) {
    return form().isEmpty() && below.stream().anyMatch(key -> key.name.equals(keyBelow));
  }

  /// The default as it would be written; empty if there is nothing to write.
  public String shownDefault() {
    var nowhere = new Place(new Problems(""), Position.WHOLE_FILE, "");
    return form.shown().apply(form.absent().apply(nowhere));
  }

  /// The value of an absent key that would stand at `place`.
  T absent(Place place) {
    return form.absent().apply(place);
  }

  /// The value of a key that is there; as if absent after a problem.
  T read(YamlNode node, Place place) {
    var value = form.reader().read(node, place);
    return value == null ? absent(place.silenced()) : value;
  }

  private static @Nullable Integer number(Scalar scalar, Place place, int min, int max) {
    var text = scalar.text();
    if (!text.matches("[-+]?[0-9]+")) {
      place.error(Quoted.of(text) + " is not a whole number; write " + min + " to " + max);
      return null;
    }
    if (!scalar.plain()) {
      place.error(Quoted.of(text) + " is a text; write the number without quotes");
      return null;
    }
    try {
      var number = Integer.parseInt(text);
      if (min <= number && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // more than an int: out of every range
    }
    place.error(Quoted.of(text) + " is out of range; write " + min + " to " + max);
    return null;
  }

  private static <T> @Nullable T choice(
      String text, Place place, List<T> values, Function<T, String> word) {
    for (T value : values) {
      if (word.apply(value).equals(text)) {
        return value;
      }
    }
    var words = values.stream().map(word).collect(Collectors.joining(" or "));
    place.error(Quoted.of(text) + " is not known here; write " + words);
    return null;
  }

  private static @Nullable Boolean truth(Scalar scalar, Place place) {
    return switch (scalar.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        place.error(Quoted.of(scalar.text()) + " is not a boolean; write true or false");
        yield null;
      }
    };
  }
}
