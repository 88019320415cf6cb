package io.sentryexporter.testing;

import java.io.IOException;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.FieldModel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Copies classes, with every field volatile that may change.
///
/// Fray orders what threads do to volatile fields only; `proof/interleavings` runs the copy, so
/// that a field without its lock is seen too.
public final class VolatileFields {
  private VolatileFields() {}

  /// Copies the classes of a folder to another one.
  public static void main(String[] arguments) throws IOException {
    Path from = Path.of(arguments[0]);
    Path to = Path.of(arguments[1]);
    try (var files = Files.walk(from.resolve("io/sentryexporter"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.write(copy, copied(Files.readAllBytes(file)));
      }
    }
  }

  private static byte[] copied(byte[] bytes) {
    var format = ClassFile.of();
    return format.transformClass(format.parse(bytes), VolatileFields::copy);
  }

  private static void copy(ClassBuilder copy, ClassElement element) {
    int fixed = ClassFile.ACC_FINAL | ClassFile.ACC_VOLATILE;
    if (element instanceof FieldModel field && (field.flags().flagsMask() & fixed) == 0) {
      copy.withField(
          field.fieldName(),
          field.fieldType(),
          changed -> {
            field.forEach(each -> {
              if (!(each instanceof AccessFlags)) {
                changed.with(each);
              }
            });
            changed.withFlags(field.flags().flagsMask() | ClassFile.ACC_VOLATILE);
          });
    } else {
      copy.with(element);
    }
  }
}
