package io.sentryexporter.yaml;

import io.sentryexporter.text.Printable;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// Writes YAML.
public final class YamlText {
  private YamlText() {}

  /// A document of mappings, lists, texts, numbers and booleans.
  ///
  /// Texts that could be taken for something else are quoted. Where a character in one does not
  /// show, all that are not ASCII are escaped: the library has no other choice.
  public static String of(Map<String, ?> document) {
    String text = written(document, true);
    boolean isHidden = text.codePoints().anyMatch(c -> c != '\n' && Printable.isHidden(c));
    return isHidden ? written(document, false) : text;
  }

  private static String written(Map<String, ?> document, boolean isUnicode) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setDereferenceAliases(true)
            .setUseUnicodeEncoding(isUnicode)
            .build();
    return new Dump(settings).dumpToString(document);
  }
}
