package io.sentryexporter.sentry.marks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.sentry.marks.MarksStorage.MarksFile;
import io.sentryexporter.sentry.model.Totals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;

/// Any bytes as a file of high-water marks, and as the content of one with the right length and
/// checksum: marks that may be exposed and are read as they are written again, or the declared
/// exception.
public final class MarksFuzz {
  private static final String IDENTITY = "default\nhttps://sentry.example\noutcomes\nmonth\nacme";
  private static final int FORMAT = 0x534d_0001;

  private MarksFuzz() {}

  public static void check(byte[] input) throws IOException {
    read(input);
    read(framed(input));
    try {
      assertThat(MarksFile.start(new ByteArrayInputStream(input))).isNotNull();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(IOException.class); // the declared one
    }
  }

  private static void read(byte[] file) throws IOException {
    Totals totals;
    try {
      totals = MarksFile.read(IDENTITY, file);
    } catch (IOException e) {
      if (e.getMessage() != null) {
        Sound.assertMessage(e.getMessage());
      }
      return;
    }
    assertThat(totals.start()).isBeforeOrEqualTo(totals.end());
    totals
        .byProject()
        .forEach((project, kinds) -> {
          assertThat(project).isNotNegative();
          kinds.values().forEach(quantity -> assertThat(quantity).isNotNegative());
        });
    byte[] again = MarksFile.written(IDENTITY, totals);
    assertThat(MarksFile.read(IDENTITY, again)).isEqualTo(totals);
    assertThat(MarksFile.start(new ByteArrayInputStream(again))).isEqualTo(totals.start());
  }

  /// A whole file of these marks.
  static byte[] framed(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      var named = new ByteArrayOutputStream();
      new DataOutputStream(named).writeUTF(IDENTITY);
      out.writeInt(FORMAT);
      out.writeInt(named.size() + content.length);
      out.write(named.toByteArray());
      out.write(content);
      var crc = new CRC32();
      crc.update(bytes.toByteArray());
      out.writeLong(crc.getValue());
    }
    return bytes.toByteArray();
  }
}
