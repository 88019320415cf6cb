package io.sentryexporter.config;

import io.sentryexporter.yaml.Problem;
import io.sentryexporter.yaml.Problems;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// The source of the configuration: a file, or the environment if there is no file.
public final class ConfigSource implements Supplier<Config.Result> {
  /// Maximum bytes of a file: some thousand modules. A larger file is not a configuration.
  private static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, String> environment;
  private final AtomicBoolean mustBeThere;

  /// @param named whether the file was named explicitly, and so must exist
  /// @param environment may give the token of the instance `default`, and its URL
  public ConfigSource(Path file, boolean named, Map<String, String> environment) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.mustBeThere = new AtomicBoolean(named);
  }

  /// Reads the configuration as it is now.
  ///
  /// A file that existed once must continue to exist: its loss does not mean that none is wanted.
  @Override
  public Config.Result get() {
    boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (isThere || mustBeThere.get()) {
      mustBeThere.set(true);
      return ofFile();
    }
    var variables = new ConfigEnvironment(Path.of(""), environment);
    return variables.haveToken()
        ? new ConfigReader("environment", variables).read(ConfigReader.BUILT_IN)
        : nothing(variables);
  }

  private Config.Result ofFile() {
    try {
      var variables = new ConfigEnvironment(file.resolveSibling(""), environment);
      return new ConfigReader(file.toString(), variables).read(read(file, " with --config.file"));
    } catch (UnreadableFileException e) {
      return new Config.Result(null, List.of(Problem.ofFile(file.toString(), e.text)));
    }
  }

  /// Reads a file whole.
  ///
  /// @param named how another one is named, after a verb; may be empty
  /// @throws UnreadableFileException if it cannot be read, or is too large
  static byte[] read(Path file, String named) throws UnreadableFileException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw new UnreadableFileException("a folder; name the file in it" + named);
      }
      if (!attributes.isRegularFile()) { // opening a pipe may wait for ever
        throw new UnreadableFileException(
            "not a regular file; a pipe or device cannot be read again, write a file");
      }
      try (var input = Files.newInputStream(file)) {
        var bytes = input.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
          throw new UnreadableFileException("over 1 MiB; name the right file" + named);
        }
        return bytes;
      }
    } catch (NoSuchFileException _) {
      throw new UnreadableFileException("no such file; write it, or name another" + named);
    } catch (AccessDeniedException _) {
      throw new UnreadableFileException("may not be read; give this user the right to read it");
    } catch (IOException _) {
      throw new UnreadableFileException("cannot be read; look for a fault of the disk");
    }
  }

  /// A file cannot be read.
  static final class UnreadableFileException extends Exception {
    private static final long serialVersionUID = 1;

    /// Why not, and how to fix it, without the name of the file.
    private final String text;

    private UnreadableFileException(String text) {
      super(text);
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private static Config.Result nothing(ConfigEnvironment variables) {
    var problems = new Problems("environment");
    List.of(ConfigEnvironment.TOKEN, ConfigEnvironment.URL, ConfigEnvironment.ORGANIZATIONS)
        .forEach(own -> variables.reportForeign(own, problems));
    return new Config.Result(problems.hasErrors() ? null : Config.NOTHING, problems.inOrder());
  }
}
