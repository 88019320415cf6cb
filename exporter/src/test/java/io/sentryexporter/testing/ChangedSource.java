package io.sentryexporter.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The program with a mistake in it: a copy of one of its source files, changed in one place and
/// compiled. Tests show with it that they find the mistake; the program itself stays as it is.
public final class ChangedSource {
  private static final Path SOURCES = Path.of("exporter/src/main/java");
  private static final String PROGRAM = "io.sentryexporter.";

  private final Map<String, byte[]> classes;

  private ChangedSource(Map<String, byte[]> classes) {
    this.classes = Map.copyOf(classes);
  }

  /// Compiles a changed copy of a file.
  ///
  /// @param file below the program's package, such as `sentry/marks/Marks.java`
  /// @param text that is replaced; it must be there exactly once
  public static ChangedSource of(String file, String text, String replacement) {
    var source = SOURCES.resolve("io/sentryexporter").resolve(file);
    String original;
    try {
      original = Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int at = original.indexOf(text);
    if (text.isEmpty() || at < 0 || original.indexOf(text, at + 1) >= 0) {
      throw new IllegalArgumentException(
          (at < 0 ? "nowhere" : "more than once") + " in " + source + ": " + text);
    }
    String changed =
        original.substring(0, at) + replacement + original.substring(at + text.length());
    return new ChangedSource(compiled(SOURCES.relativize(source).toString(), changed));
  }

  /// Loads classes: those of the program and its tests anew, the changed ones as changed; all
  /// others from the loader of the test.
  public ClassLoader loader() {
    return new Loader(ChangedSource.class.getClassLoader(), classes);
  }

  /// Writes the changed classes below a folder, which is to come first in a class path.
  public void write(Path folder) {
    try {
      for (var one : classes.entrySet()) {
        var file = folder.resolve(one.getKey().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, one.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, byte[]> compiled(String file, String text) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    var options =
        List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
    try (var output = new Output(compiler.getStandardFileManager(null, null, UTF_8))) {
      var task =
          compiler.getTask(messages, output, null, options, null, List.of(new Source(file, text)));
      if (!task.call()) {
        throw new IllegalArgumentException("the changed " + file + " is no Java:\n" + messages);
      }
      return output.classes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A source text in memory.
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /// Keeps compiled classes in memory.
  private static final class Output extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

    Output(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          return written.computeIfAbsent(className, _ -> new ByteArrayOutputStream());
        }
      };
    }

    Map<String, byte[]> classes() {
      var classes = new HashMap<String, byte[]>();
      written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }
  }

  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> changed;

    Loader(ClassLoader parent, Map<String, byte[]> changed) {
      super(parent);
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(PROGRAM)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        byte[] code = changed.containsKey(name) ? changed.get(name) : original(name);
        return defineClass(name, code, 0, code.length);
      }
    }

    private byte[] original(String name) throws ClassNotFoundException {
      try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
