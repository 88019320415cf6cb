package io.sentryexporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "X-GZIP | true",
        "deflate, gzip;q=0.5 | true",
        "* | true",
        "'' | false",
        "identity | false",
        "gzip;q=0 | false",
        "gzip;q=0, * | false",
        "*;q=0 | false",
        "gzip;q=0.1, identity;q=0.9 | false",
        "gzip;q=0.9, identity;q=0.1 | true",
        "gzip, identity | true",
        "gzip;q=nonsense | false",
      })
  void gzipIsSentToClientsThatPreferItOrHaveNoPreference(String header, boolean accepted) {
    assertThat(Compression.acceptsGzip(header)).isEqualTo(accepted);
  }
}
