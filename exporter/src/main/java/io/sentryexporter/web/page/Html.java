package io.sentryexporter.web.page;

import io.sentryexporter.text.Printable;
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
            "body", "dl", "footer", "form", "h1", "h2", "head", "header", "html", "main", "meta",
            "link", "p", "section", "table", "tbody", "thead", "title", "tr", "ul", "li", "nav");
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
