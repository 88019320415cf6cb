package io.sentryexporter.web.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.text.Printable;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A piece of a page. Text becomes part of one only through [#text] and [Attribute], which escape
/// it; nothing here takes markup.
public sealed interface Html {
  /// Text between tags.
  record Text(String text) implements Html {
    @Override
    public void writeTo(StringBuilder out) {
      escape(text, out);
    }
  }

  /// Several pieces, one after the other.
  record Fragment(List<Html> parts) implements Html {
    public Fragment {
      parts = List.copyOf(parts);
    }

    @Override
    public void writeTo(StringBuilder out) {
      parts.forEach(part -> part.writeTo(out));
    }
  }

  /// A tag with what it holds.
  ///
  /// Scripts and styles cannot be made, for their contents follow other rules than text.
  record Element(String name, List<Attribute> attributes, List<Html> content) implements Html {
    private static final Set<String> VOID = Set.of("br", "input", "link", "meta");
    private static final Set<String> BLOCKS =
        Set.of(
            "body", "dl", "footer", "form", "h1", "h2", "h3", "head", "header", "html", "main",
            "meta", "link", "p", "path", "pre", "section", "svg", "table", "tbody", "thead",
            "title", "tr", "ul", "li", "nav");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*");

    public Element {
      if (!NAME.matcher(name).matches() || name.equals("script") || name.equals("style")) {
        throw new IllegalArgumentException("element not allowed: " + name);
      }
      if (VOID.contains(name) && !content.isEmpty()) {
        throw new IllegalArgumentException(name + " holds nothing");
      }
      attributes = List.copyOf(attributes);
      content = List.copyOf(content);
    }

    /// This element with `more` behind its content.
    public Element with(Html... more) {
      return new Element(
          name, attributes, Stream.concat(content.stream(), Stream.of(more)).toList());
    }

    @Override
    public void writeTo(StringBuilder out) {
      out.append('<').append(name);
      attributes.forEach(attribute -> attribute.writeTo(out));
      out.append('>');
      content.forEach(part -> part.writeTo(out));
      if (!VOID.contains(name)) {
        out.append("</").append(name).append('>');
      }
      if (BLOCKS.contains(name)) {
        out.append('\n');
      }
    }
  }

  /// An attribute. Those that lead somewhere take a [Link] only, those that run something none.
  record Attribute(String name, String value) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]*");
    private static final Set<String> LINKS = Set.of("href", "action", "src", "formaction");

    public Attribute {
      if (!NAME.matcher(name).matches() || name.startsWith("on") || name.equals("style")) {
        throw new IllegalArgumentException("attribute not allowed: " + name);
      }
      if (LINKS.contains(name) && !Link.isSafe(value)) {
        throw new IllegalArgumentException("link not allowed: " + value);
      }
    }

    private void writeTo(StringBuilder out) {
      out.append(' ').append(name).append("=\"");
      escape(value, out);
      out.append('"');
    }
  }

  /// A link to a path of this exporter, with its query. It cannot lead to another host or run a
  /// script.
  record Link(String text) {
    private static final Pattern SAFE = Pattern.compile("/(?![/\\\\])[!-~&&[^\\\\\"'<>]]*|/");

    public Link {
      if (!isSafe(text)) {
        throw new IllegalArgumentException("link not allowed: " + text);
      }
    }

    static boolean isSafe(String text) {
      return SAFE.matcher(text).matches();
    }

    /// This link with one more parameter, encoded.
    public Link with(String name, String value) {
      char joint = text.indexOf('?') < 0 ? '?' : '&';
      return new Link(text + joint + encode(name) + '=' + encode(value));
    }

    private static String encode(String text) {
      return URLEncoder.encode(text, UTF_8).replace("%2F", "/");
    }
  }

  /// Appends the markup.
  void writeTo(StringBuilder out);

  static Html text(String text) {
    return new Text(text);
  }

  static Html fragment(List<? extends Html> parts) {
    return new Fragment(List.copyOf(parts));
  }

  static Element element(String name, Html... content) {
    return new Element(name, List.of(), List.of(content));
  }

  static Element element(String name, List<Attribute> attributes, Html... content) {
    return new Element(name, attributes, List.of(content));
  }

  /// An element of a style class.
  static Element styled(String name, String style, Html... content) {
    return element(name, List.of(attribute("class", style)), content);
  }

  static Attribute attribute(String name, String value) {
    return new Attribute(name, value);
  }

  static Element link(Link to, Html... content) {
    return element("a", List.of(attribute("href", to.text())), content);
  }

  /// A table. Each cell names its column, because the narrow layout has no head. The roles are
  /// those of the elements, which browsers forget in that layout.
  ///
  /// @param label id of its heading
  /// @param rows each with a cell for every column
  static Html table(String style, String label, List<String> columns, List<List<Html>> rows) {
    var head =
        columns.stream()
            .map(column ->
                element(
                    "th",
                    List.of(attribute("scope", "col"), attribute("role", "columnheader")),
                    text(column)))
            .toList();
    return element(
        "table",
        List.of(
            attribute("class", style),
            attribute("role", "table"),
            attribute("aria-labelledby", label)),
        withRole("thead", "rowgroup", withRole("tr", "row", fragment(head))),
        withRole(
            "tbody", "rowgroup", fragment(rows.stream().map(row -> row(columns, row)).toList())));
  }

  private static Element withRole(String name, String role, Html content) {
    return element(name, List.of(attribute("role", role)), content);
  }

  private static Html row(List<String> columns, List<Html> cells) {
    var shown = new ArrayList<Html>();
    for (int i = 0; i < cells.size(); i++) {
      shown.add(
          element(
              "td",
              List.of(attribute("role", "cell"), attribute("data-label", columns.get(i))),
              element("div", cells.get(i))));
    }
    return withRole("tr", "row", fragment(shown));
  }

  private static void escape(String text, StringBuilder out) {
    text.codePoints()
        .forEach(point -> {
          switch (point) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            case '\n', '\t' -> out.append((char) point);
            default -> out.appendCodePoint(Printable.isHidden(point) ? '\ufffd' : point);
          }
        });
  }
}
