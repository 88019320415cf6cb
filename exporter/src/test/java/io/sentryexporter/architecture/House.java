package io.sentryexporter.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/// The compiled classes of the program, without its tests.
final class House {
  static final String ROOT = "io.sentryexporter";
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private House() {}

  /// `sentry.json` for a class of `io.sentryexporter.sentry.api`; `Main` for `Main` itself.
  static String room(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "Main" : name.substring(ROOT.length() + 1);
  }
}
