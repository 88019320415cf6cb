package io.sentryexporter.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/// Declares flags without annotations: to read those took a third of each start
/// (docs/decisions.md).
final class Flags {
  private Flags() {}

  /// A flag that is there or not.
  static OptionSpec plain(String name, String description) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .initialValue(false)
        .description(description)
        .build();
  }

  /// A flag that every command has, and on which picocli acts.
  static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .type(boolean.class)
        .description("Print this help and exit.")
        .build();
  }

  /// A flag with a value.
  ///
  /// @param byDefault null for none: its value is then null
  static OptionSpec of(
      String name, Class<?> type, String label, @Nullable String byDefault, String description) {
    return OptionSpec.builder(name)
        .type(type)
        .paramLabel(label)
        .defaultValue(byDefault)
        .description(description)
        .build();
  }

  /// A flag that may come again, each time with a text.
  static OptionSpec repeatable(String name, String label, String description) {
    return OptionSpec.builder(name)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .initialValue(List.of())
        .paramLabel(label)
        .description(description)
        .build();
  }
}
