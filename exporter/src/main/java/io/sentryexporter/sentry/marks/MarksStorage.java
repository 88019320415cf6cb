package io.sentryexporter.sentry.marks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores high-water marks across restarts: a folder with a file for each counter request, or
/// nowhere.
///
/// They are safe to lose. A file that cannot be used is ignored with a warning; a disk that fails
/// costs a warning when that begins, and nothing else. Files are replaced whole. Their names are
/// digests: nothing that comes from outside decides them.
///
/// Several processes may share a folder: of what two of them know the higher mark is kept.
public final class MarksStorage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MarksStorage.class);

  /// 300,000 series have 4 MiB.
  private static final int LARGEST_FILE = 64 << 20;

  private static final Pattern FILE = Pattern.compile("[0-9a-f]{32}\\.marks");
  private static final Pattern TEMPORARY = Pattern.compile("[0-9a-f]{32}\\.marks\\.[0-9]+\\.tmp");
  private static final String LOCK = "lock";

  /// Positions in the file of locks: the first process holds one as long as it lives, and each
  /// holds the other while it writes.
  private static final int PRESENCE = 0;

  private static final int WRITING = 1;

  /// A month and 35 days after a file's epoch began, that epoch ended at least 35 days ago.
  private static final Duration KEPT = Duration.ofDays(31 + 35);

  /// A process whose clock was wrong has left a file of an epoch that begins later than this.
  private static final Duration TOLERATED_FUTURE = Duration.ofDays(1);

  private final @Nullable Path folder;
  private final AtomicBoolean isFailing = new AtomicBoolean();

  /// Guarded by `this`, like the next.
  private @Nullable FileChannel lockFile;

  private Instant tidied = Instant.MIN;

  private MarksStorage(@Nullable Path folder) {
    this.folder = folder;
  }

  /// Forgets everything.
  public static MarksStorage none() {
    return new MarksStorage(null);
  }

  /// Keeps files in the folder `marks` of another, both of which are made when the first is saved.
  public static MarksStorage in(Path parent) {
    return new MarksStorage(parent.resolve("marks"));
  }

  /// The last saved marks; null if there are none, or none that can be used.
  @Nullable Totals load(String identity) {
    return folder == null ? null : load(folder.resolve(name(identity)), identity);
  }

  private @Nullable Totals load(Path file, String identity) {
    try {
      byte[] bytes = bytes(file);
      if (bytes == null) {
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
    } catch (IOException e) {
      failed(e);
      return null;
    }
  }

  private static byte @Nullable [] bytes(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) { // to read a pipe would hang
      throw new IOException(file + " is not a file");
    }
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(LARGEST_FILE + 1);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  /// Saves marks, unless another process is saving just now.
  ///
  /// @param isReset whether they count although those in the file are higher
  /// @return whether that is done with; else it is to be repeated when there is something new
  boolean save(String identity, Totals totals, boolean isReset) {
    if (folder == null) {
      return true;
    }
    try {
      boolean isSaved = save(folder, identity, totals, isReset);
      if (isSaved && isFailing.compareAndSet(true, false)) {
        log.atInfo().addKeyValue("folder", folder).log("high-water marks are saved again");
      }
      return isSaved;
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  private synchronized boolean save(Path folder, String identity, Totals totals, boolean isReset)
      throws IOException {
    Files.createDirectories(folder);
    FileChannel locks = locks(folder);
    try (var lock = lock(locks, WRITING)) {
      if (lock != null) {
        Path file = folder.resolve(name(identity));
        Totals stored = isReset || !Files.isRegularFile(file) ? null : load(file, identity);
        write(folder, file, MarksFile.written(identity, merged(stored, totals)));
        tidy(folder, totals);
      }
      return lock != null;
    }
  }

  private static Totals merged(@Nullable Totals stored, Totals totals) {
    if (stored == null || stored.start().isBefore(totals.start())) {
      return totals;
    }
    if (stored.start().equals(totals.start())) {
      return stored.highest(totals);
    }
    return stored.start().isAfter(totals.end().plus(TOLERATED_FUTURE)) ? totals : stored;
  }

  private static void write(Path folder, Path file, byte[] bytes) throws IOException {
    if (bytes.length > LARGEST_FILE) {
      throw new IOException("marks of " + bytes.length + " bytes are too many to keep");
    }
    Path next = Files.createTempFile(folder, file.getFileName() + ".", ".tmp");
    try {
      try (var channel = FileChannel.open(next, WRITE)) {
        var rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(next, file, ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(next);
      throw e;
    }
    try (var directory = FileChannel.open(folder, READ)) {
      directory.force(true);
    }
  }

  private FileChannel locks(Path folder) throws IOException {
    if (lockFile == null) {
      lockFile = FileChannel.open(folder.resolve(LOCK), CREATE, WRITE);
      if (lock(lockFile, PRESENCE) == null) {
        log.atInfo()
            .addKeyValue("folder", folder)
            .log("another process keeps high-water marks here too; the higher ones count");
      }
    }
    return lockFile;
  }

  private static @Nullable FileLock lock(FileChannel channel, int position) throws IOException {
    try {
      return channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException _) { // another thread of this process
      return null;
    }
  }

  /// Deletes own files of epochs that ended over 35 days ago, once in each epoch.
  private void tidy(Path folder, Totals totals) throws IOException {
    if (!totals.start().isAfter(tidied)) {
      return;
    }
    tidied = totals.start();
    Instant oldest = totals.end().minus(KEPT);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (isOlder(file, oldest)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean isOlder(Path file, Instant oldest) throws IOException {
    String name = file.getFileName().toString();
    if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
      return false;
    }
    if (TEMPORARY.matcher(name).matches()) { // a crash has left it
      return Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
    }
    if (!FILE.matcher(name).matches()) {
      return false;
    }
    try (var in = Files.newInputStream(file)) {
      return MarksFile.start(in).isBefore(oldest);
    } catch (IOException _) { // not one of these files after all
      return false;
    }
  }

  private void failed(IOException e) {
    if (isFailing.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", e)
          .log(
              "high-water marks cannot be kept: if sentry's answers are behind after a restart,"
                  + " prometheus counts the whole month once more; name a folder that this user can"
                  + " write with --storage.path");
    }
  }

  /// Lets other processes have the folder to themselves.
  @Override
  public synchronized void close() {
    try {
      if (lockFile != null) {
        lockFile.close();
      }
    } catch (IOException e) {
      log.atDebug().addKeyValue("reason", e).log("file of locks not closed");
    }
    lockFile = null;
  }

  private static String name(String identity) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16) + ".marks";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /// The bytes of a file with high-water marks.
  ///
  /// All numbers big-endian: format (4 bytes), length of what follows up to the checksum (4), whose
  /// marks they are, start and end in seconds, the kinds, the projects with the number of a kind
  /// and a value each; then the CRC-32 of all before it (8).
  static final class MarksFile {
    private static final int FORMAT = 0x534d_0001; // "SM", version 1
    private static final int FRAME = 4 + 4 + 8;

    private MarksFile() {}

    static byte[] written(String identity, Totals totals) throws IOException {
      byte[] content = content(identity, totals);
      byte[] file = new byte[content.length + FRAME];
      ByteBuffer.wrap(file).putInt(FORMAT).putInt(content.length).put(content);
      int checked = file.length - Long.BYTES;
      ByteBuffer.wrap(file).putLong(checked, checksum(file, checked));
      return file;
    }

    /// @throws IOException if these are not the whole marks of `identity`; the message gives the
    ///   cause
    static Totals read(String identity, byte[] file) throws IOException {
      try (var in = new DataInputStream(new ByteArrayInputStream(file))) {
        if (file.length < FRAME || in.readInt() != FORMAT) {
          throw new IOException("not of this version's format");
        }
        if (in.readInt() != file.length - FRAME) {
          throw new IOException("not of the declared length");
        }
        int checked = file.length - Long.BYTES;
        var tail = new DataInputStream(new ByteArrayInputStream(file, checked, Long.BYTES));
        if (tail.readLong() != checksum(file, checked)) {
          throw new IOException("its checksum does not fit");
        }
        if (!in.readUTF().equals(identity)) {
          throw new IOException("of something else");
        }
        return totals(in);
      }
    }

    /// From when the marks of a file count, without a check of the rest.
    ///
    /// @throws IOException if the file is not one of these
    static Instant start(InputStream file) throws IOException {
      var in = new DataInputStream(file);
      if (in.readInt() != FORMAT) {
        throw new IOException("not of this version's format");
      }
      int _ = in.readInt();
      String _ = in.readUTF();
      return time(in);
    }

    private static Instant time(DataInputStream in) throws IOException {
      try {
        return Instant.ofEpochSecond(in.readLong());
      } catch (DateTimeException e) {
        throw new IOException("it has a time that is none", e);
      }
    }

    private static byte[] content(String identity, Totals totals) throws IOException {
      int series = totals.byProject().values().stream().mapToInt(Map::size).sum();
      var bytes = new ByteArrayOutputStream(1024 + 12 * (totals.byProject().size() + series));
      try (var out = new DataOutputStream(bytes)) {
        out.writeUTF(identity);
        out.writeLong(totals.start().getEpochSecond());
        out.writeLong(totals.end().getEpochSecond());
        Map<OutcomeKey, Integer> numbers = numbered(totals);
        out.writeInt(numbers.size());
        for (OutcomeKey kind : numbers.keySet()) {
          out.writeUTF(kind.category());
          out.writeUTF(kind.outcome());
          out.writeUTF(kind.reason());
        }
        out.writeInt(totals.byProject().size());
        for (var project : totals.byProject().entrySet()) {
          out.writeLong(project.getKey());
          out.writeInt(project.getValue().size());
          for (var quantity : project.getValue().entrySet()) {
            out.writeInt(numbers.getOrDefault(quantity.getKey(), 0));
            out.writeLong(quantity.getValue());
          }
        }
      }
      return bytes.toByteArray();
    }

    private static Map<OutcomeKey, Integer> numbered(Totals totals) {
      Map<OutcomeKey, Integer> numbers = new LinkedHashMap<>();
      for (Map<OutcomeKey, Long> kinds : totals.byProject().values()) {
        for (OutcomeKey kind : kinds.keySet()) {
          numbers.putIfAbsent(kind, numbers.size());
        }
      }
      return numbers;
    }

    private static Totals totals(DataInputStream in) throws IOException {
      Instant start = time(in);
      Instant end = time(in);
      if (end.isBefore(start)) {
        throw new IOException("it ends before it begins");
      }
      int kinds = in.readInt();
      List<OutcomeKey> numbered = new ArrayList<>();
      for (int i = 0; i < kinds; i++) {
        numbered.add(new OutcomeKey(in.readUTF(), in.readUTF(), in.readUTF()));
      }
      int projects = in.readInt();
      Map<Long, Map<OutcomeKey, Long>> byProject = new HashMap<>();
      for (int i = 0; i < projects; i++) {
        long project = in.readLong();
        if (project < 0) {
          throw new IOException("it has a project that is none");
        }
        int series = in.readInt();
        Map<OutcomeKey, Long> quantities = new HashMap<>();
        for (int j = 0; j < series; j++) {
          int kind = in.readInt();
          long quantity = in.readLong();
          if (kind < 0 || kind >= numbered.size() || quantity < 0) {
            throw new IOException("it has a quantity that is none");
          }
          quantities.put(numbered.get(kind), quantity);
        }
        byProject.put(project, quantities);
      }
      return new Totals(start, end, byProject);
    }

    private static long checksum(byte[] bytes, int length) {
      var crc = new CRC32();
      crc.update(bytes, 0, length);
      return crc.getValue();
    }
  }
}
