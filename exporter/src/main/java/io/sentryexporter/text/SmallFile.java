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
  /// @throws IOException if there is none. The message names the fault without the file's name,
  ///   which may be a secret in the wrong place
  public static byte[] read(Path file, int mostBytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) { // opening a pipe may wait for ever
      throw new IOException("it is not a regular file");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(mostBytes + 1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (IOException e) {
      throw new IOException("the file cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    if (bytes.length > mostBytes) {
      throw new IOException("the file is longer than " + mostBytes + " bytes");
    }
    return bytes;
  }
}
