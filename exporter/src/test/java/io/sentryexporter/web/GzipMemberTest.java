package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipMemberTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 300, 5_000})
  void aChecksumIsContinuedAsIfAllBytesHadBeenThereAtOnce(int rest) {
    var bytes = new byte[300 + rest];
    new Random(rest).nextBytes(bytes);
    var first = new CRC32();
    first.update(bytes, 0, 300);
    var all = new CRC32();
    all.update(bytes);

    var following = new byte[rest];
    System.arraycopy(bytes, 300, following, 0, rest);

    assertThat(GzipMember.continued((int) first.getValue(), following))
        .isEqualTo((int) all.getValue());
  }
}
