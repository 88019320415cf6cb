package io.sentryexporter.sentry.marks;

import io.sentryexporter.sentry.model.OutcomeKey;
import io.sentryexporter.sentry.model.Totals;
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

  static byte[] written(String identity, Totals totals) throws IOException {
    byte[] content = content(identity, totals);
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
    return Instant.ofEpochSecond(in.readLong());
  }

  private static byte[] content(String identity, Totals totals) throws IOException {
    var bytes = new ByteArrayOutputStream();
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
    var start = Instant.ofEpochSecond(in.readLong());
    var end = Instant.ofEpochSecond(in.readLong());
    int kinds = in.readInt();
    List<OutcomeKey> numbered = new ArrayList<>();
    for (int i = 0; i < kinds; i++) {
      numbered.add(new OutcomeKey(in.readUTF(), in.readUTF(), in.readUTF()));
    }
    int projects = in.readInt();
    Map<Long, Map<OutcomeKey, Long>> byProject = new HashMap<>();
    for (int i = 0; i < projects; i++) {
      long project = in.readLong();
      int series = in.readInt();
      Map<OutcomeKey, Long> quantities = new HashMap<>();
      for (int j = 0; j < series; j++) {
        quantities.put(numbered.get(in.readInt()), in.readLong());
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
