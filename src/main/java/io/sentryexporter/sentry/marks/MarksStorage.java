package io.sentryexporter.sentry.marks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.sentryexporter.sentry.model.Sums;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where high-water marks outlive the process: a folder with a file for each question, or nowhere.
///
/// They are safe to lose. A file that cannot be used is passed over with a warning; a disk that
/// fails costs a warning when that begins, and nothing else. Files are replaced whole. Their names
/// are digests: nothing that comes from outside steers them.
public final class MarksStorage {
  private static final Logger log = LoggerFactory.getLogger(MarksStorage.class);

  /// 300,000 series have 4 MiB.
  private static final int LARGEST_FILE = 64 << 20;

  private final @Nullable Path folder;
  private final AtomicBoolean isFailing = new AtomicBoolean();

  private MarksStorage(@Nullable Path folder) {
    this.folder = folder;
  }

  /// Forgets everything.
  public static MarksStorage none() {
    return new MarksStorage(null);
  }

  /// Keeps files in a folder, which is made when it is needed.
  public static MarksStorage in(Path folder) {
    return new MarksStorage(folder);
  }

  /// What was saved last; null if there is nothing, or nothing that can be used.
  @Nullable Sums load(String identity) {
    if (folder == null) {
      return null;
    }
    Path file = folder.resolve(name(identity));
    if (Files.exists(file) && !Files.isRegularFile(file)) { // to read a pipe would hang
      failed(new IOException(file + " is not a file"));
      return null;
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE + 1);
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException e) {
      failed(e);
      return null;
    }
    try {
      return MarksFile.read(identity, bytes);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", e.getMessage())
          .log("file of high-water marks ignored");
      return null;
    }
  }

  void save(String identity, Sums sums) {
    if (folder == null) {
      return;
    }
    try {
      byte[] bytes = MarksFile.written(identity, sums);
      if (bytes.length > LARGEST_FILE) {
        throw new IOException("marks of " + bytes.length + " bytes are too many to keep");
      }
      replace(folder, name(identity), bytes);
      if (isFailing.compareAndSet(true, false)) {
        log.atInfo().addKeyValue("folder", folder).log("high-water marks are saved again");
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private static void replace(Path folder, String name, byte[] bytes) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve(name + ".tmp");
    try (var channel = FileChannel.open(next, CREATE, TRUNCATE_EXISTING, WRITE)) {
      var rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(next, folder.resolve(name), ATOMIC_MOVE);
    try (var directory = FileChannel.open(folder, READ)) {
      directory.force(true);
    }
  }

  private void failed(IOException e) {
    if (isFailing.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", e)
          .log("high-water marks cannot be kept; counters may fall after a restart");
    }
  }

  private static String name(String identity) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16) + ".marks";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
