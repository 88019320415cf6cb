package io.sentryexporter.yaml;

import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/// Messages for a text that is not YAML.
///
/// The library's own messages are never shown: they quote the source, where a token may stand.
final class SyntaxMessage {
  private static final String OTHER =
      "not YAML from here on; look for wrong indentation, or a text that needs quotes";

  private static final String BLOCK_TEXT_IN_FLOW =
      "a block text (%s) cannot stand within { } or [ ]; write the keys on lines of their own, or"
          + " quote the text";

  /// In order; the first one that fits is taken.
  private static final List<Known> KNOWN =
      List.of(
          new Known("(TAB)", "a tab stands where indentation or a key belongs; write spaces"),
          new Known(
              "mapping values are not allowed",
              "a key cannot begin here; look for a missing colon, space after a colon, or"
                  + " indentation above, or quote a text with \": \" in it"),
          new Known(
              "sequence entries are not allowed",
              "\"- \" cannot stand here; begin a new line for a list item, or quote the text"),
          new Known(
              "could not find expected ':'",
              "this is no key: a colon and a space are missing; write \"key: value\""),
          new Known(
              "special characters are not allowed",
              "a control character; remove it, or write it as \\x.. in double quotes"),
          new Known("character '|", BLOCK_TEXT_IN_FLOW.formatted("|")),
          new Known("character '>", BLOCK_TEXT_IN_FLOW.formatted(">")),
          new Known(
              "cannot start any token", "%% @ and ` cannot begin a text; quote it with \" or '"),
          new Known(
              "while scanning a quoted scalar",
              "the text quoted from line %d on does not end; close its quote"),
          new Known(
              "found unknown escape character",
              "an unknown escape after \\; write \\\\ for a backslash, or use single quotes"),
          new Known(
              "while scanning a double-quoted scalar",
              "a broken escape after \\; write \\\\ for a backslash, or use single quotes"),
          new Known(
              "while parsing a flow mapping",
              "\",\" or \"}\" is missing; close the { of line %d, and quote texts with { } [ ] or ,"
                  + " in them"),
          new Known(
              "while parsing a flow sequence",
              "\",\" or \"]\" is missing; close the [ of line %d, and quote texts with { } [ ] or ,"
                  + " in them"),
          new Known(
              "while parsing a block mapping",
              "this does not line up with the keys above; indent the keys of one mapping alike"),
          new Known(
              "while parsing a block collection",
              "this does not line up with the items above; indent the items of one list alike"),
          new Known(
              "while parsing a flow node",
              "a value is missing; write it, or close the [ or { before it"),
          new Known("alias", "* begins an alias, and no name follows; quote it if it is text"),
          new Known("anchor", "& begins an anchor, and no name follows; quote it if it is text"),
          new Known("tag", "! begins a type that is not known; quote it if it is text"),
          new Known("directive", "a line that begins with %% is not text; remove or indent it"),
          new Known(
              "while scanning a block scalar",
              "the text after | or > is not indented alike; indent all its lines by spaces"));

  private SyntaxMessage() {}

  static String of(MarkedYamlEngineException exception) {
    var words = exception.getContext() + "; " + exception.getProblem();
    var begun = exception.getContextMark().or(exception::getProblemMark).map(Mark::getLine);
    return KNOWN.stream()
        .filter(known -> words.contains(known.words()))
        .map(known -> known.message().formatted(begun.orElse(0) + 1))
        .findFirst()
        .orElse(OTHER);
  }

  /// A message of the library, and the one shown instead.
  ///
  /// @param words part of the library's message
  /// @param message a `%d` in it is the line where what is faulty begins
  private record Known(String words, String message) {}
}
