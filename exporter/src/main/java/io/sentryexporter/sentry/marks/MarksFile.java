package io.sentryexporter.sentry.marks;

import io.sentryexporter.sentry.model.Kind;
import io.sentryexporter.sentry.model.Sums;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/// The bytes of a file with high-water marks.
///
/// All numbers big-endian: format (4 bytes), length of what follows up to the checksum (4), whose
/// marks they are, start and end in seconds, the kinds, the projects with the number of a kind and
/// a value each; then the CRC-32 of all before it (8).
final class MarksFile {
  private static final int FORMAT = 0x534d_0001; // "SM", version 1
  private static final int FRAME = 4 + 4 + 8;

  private MarksFile() {}

  static byte[] written(String identity, Sums sums) throws IOException {
    byte[] content = content(identity, sums);
    var file = new ByteArrayOutputStream(content.length + FRAME);
    try (var out = new DataOutputStream(file)) {
      out.writeInt(FORMAT);
      out.writeInt(content.length);
      out.write(content);
      out.writeLong(checksum(file.toByteArray(), file.size()));
    }
    return file.toByteArray();
  }

  /// @throws IOException if these are not the whole marks of `identity`; the message gives the
  ///   cause
  static Sums read(String identity, byte[] file) throws IOException {
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
      return sums(in);
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
    return Instant.ofEpochSecond(in.readLong());
  }

  private static byte[] content(String identity, Sums sums) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF(identity);
      out.writeLong(sums.start().getEpochSecond());
      out.writeLong(sums.end().getEpochSecond());
      Map<Kind, Integer> numbers = numbered(sums);
      out.writeInt(numbers.size());
      for (Kind kind : numbers.keySet()) {
        out.writeUTF(kind.category());
        out.writeUTF(kind.outcome());
        out.writeUTF(kind.reason());
      }
      out.writeInt(sums.byProject().size());
      for (var project : sums.byProject().entrySet()) {
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

  private static Map<Kind, Integer> numbered(Sums sums) {
    Map<Kind, Integer> numbers = new LinkedHashMap<>();
    for (Map<Kind, Long> kinds : sums.byProject().values()) {
      for (Kind kind : kinds.keySet()) {
        numbers.putIfAbsent(kind, numbers.size());
      }
    }
    return numbers;
  }

  private static Sums sums(DataInputStream in) throws IOException {
    var start = Instant.ofEpochSecond(in.readLong());
    var end = Instant.ofEpochSecond(in.readLong());
    int kinds = in.readInt();
    List<Kind> numbered = new ArrayList<>();
    for (int i = 0; i < kinds; i++) {
      numbered.add(new Kind(in.readUTF(), in.readUTF(), in.readUTF()));
    }
    int projects = in.readInt();
    Map<Long, Map<Kind, Long>> byProject = new HashMap<>();
    for (int i = 0; i < projects; i++) {
      long project = in.readLong();
      int series = in.readInt();
      Map<Kind, Long> quantities = new HashMap<>();
      for (int j = 0; j < series; j++) {
        quantities.put(numbered.get(in.readInt()), in.readLong());
      }
      byProject.put(project, quantities);
    }
    return new Sums(start, end, byProject);
  }

  private static long checksum(byte[] bytes, int length) {
    var crc = new CRC32();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }
}
