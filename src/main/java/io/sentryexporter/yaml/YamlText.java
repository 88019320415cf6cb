package io.sentryexporter.yaml;

import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// Writes YAML.
public final class YamlText {
  private YamlText() {}

  /// A document of mappings, lists, texts, numbers and booleans.
  ///
  /// Texts that could be taken for something else are quoted.
  public static String of(Map<String, ?> document) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setSplitLines(false)
            .setDereferenceAliases(true)
            .build();
    return new Dump(settings).dumpToString(document);
  }
}
