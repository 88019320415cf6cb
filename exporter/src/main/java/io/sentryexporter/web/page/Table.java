package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.attribute;
import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.fragment;
import static io.sentryexporter.web.page.Html.styled;
import static io.sentryexporter.web.page.Html.text;

import java.util.ArrayList;
import java.util.List;

/// A table of a page.
final class Table {
  private Table() {}

  /// Each cell names its column, for the narrow layout has no head.
  ///
  /// @param rows each with a cell for every column
  static Html of(String style, List<String> columns, List<List<Html>> rows) {
    var head =
        columns.stream()
            .map(column -> element("th", List.of(attribute("scope", "col")), text(column)))
            .toList();
    return styled(
        "div",
        "scroll",
        styled(
            "table",
            style,
            element("thead", element("tr", fragment(head))),
            element("tbody", fragment(rows.stream().map(row -> row(columns, row)).toList()))));
  }

  private static Html row(List<String> columns, List<Html> cells) {
    var shown = new ArrayList<Html>();
    for (int i = 0; i < cells.size(); i++) {
      shown.add(
          element(
              "td",
              List.of(attribute("data-label", columns.get(i))),
              element("div", cells.get(i))));
    }
    return element("tr", fragment(shown));
  }
}
