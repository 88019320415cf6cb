package io.sentryexporter.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads small files as a whole: secrets and certificates, which others replace at any time.
public final class SmallFile {
  private SmallFile() {}

  /// The content as it is now.
  ///
  /// @param mostBytes beyond them, it is the wrong file
  /// @throws Unreadable if there is none
  public static byte[] read(Path file, int mostBytes) throws Unreadable {
    if (Files.exists(file) && !Files.isRegularFile(file)) { // opening a pipe may wait for ever
      throw new Unreadable("it is not a regular file");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new Unreadable("the file is longer than " + mostBytes + " bytes");
      }
      return bytes;
    } catch (NoSuchFileException _) {
      throw new Unreadable("there is no such file");
    } catch (IOException e) {
      throw new Unreadable("the file cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /// A file that cannot be read. The message leaves out its name, which may be a secret in the
  /// wrong place.
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String what) {
      super(what);
    }
  }
}
