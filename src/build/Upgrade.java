import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Rewrites the classes of a jar in today's class file format; what they do stays.
///
/// An AOT cache takes none that is older than Java 6, and the JVM verifies those the slow way. For
/// picocli, which still runs on Java 5, that was a quarter of the exporter's start.
public class Upgrade {
  public static void main(String[] args) throws Exception {
    var jar = Path.of(args[0]);
    var upgraded = jar.resolveSibling(jar.getFileName() + ".new");
    try (var in = new JarFile(jar.toFile());
        var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var out = new JarOutputStream(Files.newOutputStream(upgraded))) {
      var format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofClassLoading(classes)));
      for (var entries = in.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        var copy = new JarEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        out.write(upgraded(format, entry, in.getInputStream(entry).readAllBytes()));
      }
    }
    Files.move(upgraded, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] upgraded(ClassFile format, JarEntry entry, byte[] bytes)
      throws IOException {
    String name = entry.getName();
    if (!name.endsWith(".class") || name.endsWith("module-info.class")) {
      return bytes;
    }
    ClassTransform newVersion =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.latestMajorVersion(), 0);
          } else {
            builder.with(element);
          }
        };
    return format.transformClass(
        format.parse(bytes),
        ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen(newVersion));
  }
}
