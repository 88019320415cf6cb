package io.sentryexporter.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlTest {
  private static String markup(Html html) {
    var out = new StringBuilder();
    html.writeTo(out);
    return out.toString();
  }

  @Test
  void textIsEscapedBetweenTagsAndInAttributes() {
    var html =
        Html.element("span", List.of(Html.attribute("title", "a\"b'<&>")), Html.text("<b>&\"'"));

    assertThat(markup(html))
        .isEqualTo("<span title=\"a&quot;b&#39;&lt;&amp;&gt;\">&lt;b&gt;&amp;&quot;&#39;</span>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u202e", "\u200b", "\u2028", "\u2066", "\ufeff", "\u3164", "\u0000"})
  void charactersThatDoNotShowAreReplaced(String hidden) {
    var html =
        Html.element(
            "span",
            List.of(Html.attribute("title", "a" + hidden)),
            Html.text("b" + hidden + "\n\tc"));

    assertThat(markup(html)).isEqualTo("<span title=\"a\ufffd\">b\ufffd\n\tc</span>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "style", "a b", "x><script", "", "SCRIPT"})
  void elementsThatRunOrBreakOutCannotBeMade(String name) {
    assertThatThrownBy(() -> Html.element(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"onclick", "style", "a=b", "", "on"})
  void attributesThatRunOrBreakOutCannotBeMade(String name) {
    assertThatThrownBy(() -> Html.attribute(name, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "data:text/html,x",
        "relative",
        "",
        "/a b",
        "/a\"b",
        "/a\nb",
      })
  void linksLeadNowhereElse(String target) {
    assertThatThrownBy(() -> new Html.Link(target)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Html.attribute("href", target))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parametersOfALinkAreEncoded() {
    var link = new Html.Link("/probe").with("target", "acme/a b&c=ü").with("module", "x?#%");

    assertThat(link.text()).isEqualTo("/probe?target=acme/a+b%26c%3D%C3%BC&module=x%3F%23%25");
  }
}
