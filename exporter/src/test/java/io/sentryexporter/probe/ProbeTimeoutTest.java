package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.probe.ProbeRequest.ProbeTimeout;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTimeoutTest {

  /// The table of blackbox_exporter's own test; `-` stands for no header.
  @ParameterizedTest
  @CsvSource({
    "0,   15, 0.5, 14.5",
    "0,   15, 0,   15",
    "20,  15, 0.5, 14.5",
    "20,  15, 0,   15",
    "5,   15, 0,   5",
    "5,   15, 0.5, 5",
    "10,  -,  0.5, 10",
    "10,  10, 0.5, 9.5",
    "9.5, -,  0.5, 9.5",
    "9.5, -,  1,   9.5",
    "0,   -,  0.5, 119.5",
    "0,   -,  0,   120",
  })
  void moduleScrapeAndOffsetMakeTheTimeoutAsInBlackboxExporter(
      String module, String header, String offset, String expected) {
    assertThat(ProbeTimeout.of(seconds(module), scrape(header), seconds(offset)))
        .isEqualTo(seconds(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "0,    86400, 0.5, 119.5",
    "0,    121,   0,   120",
    "3600, 86400, 0.5, 119.5",
    "3600, -,     0,   120",
    "30,   86400, 0.5, 30"
  })
  void noProbeTakesLongerThanTwoMinutesForAnyClientAndModule(
      String module, String header, String offset, String expected) {
    assertThat(ProbeTimeout.of(seconds(module), scrape(header), seconds(offset)))
        .isEqualTo(seconds(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "5, 0.3, 0.5, 0.15",
    "0.1, 0.3, 0.5, 0.1",
    "0, 0.3, 0.5, 0.15",
    "0, 0.5, 0.5, 0.25",
    "-1, 15, 0.5, 14.5"
  })
  void anOffsetThatEatsUpTheScrapesTimeoutLeavesAnother(
      String module, String header, String offset, String expected) {
    assertThat(ProbeTimeout.of(seconds(module), scrape(header), seconds(offset)))
        .isEqualTo(seconds(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "-1", "1,5", "NaN", "Infinity", "0x10", "1e400", "1e-400", "86401", "5s"})
  void aHeaderThatIsNoNumberOfSecondsIsRefused(String header) {
    assertThat(ProbeTimeout.scrapeTimeout(header)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"10, 10", "10.000000, 10", "0.5, 0.5", " 15 , 15", "1e1, 10", "0, 0", "1e-12, 1e-9"})
  void aHeaderIsADecimalNumberOfSeconds(String header, String expected) {
    assertThat(ProbeTimeout.scrapeTimeout(header)).isEqualTo(seconds(expected));
  }

  private static Duration scrape(String header) {
    Duration timeout = ProbeTimeout.scrapeTimeout(header.equals("-") ? null : header);
    return Objects.requireNonNull(timeout);
  }

  private static Duration seconds(String text) {
    return Duration.ofNanos((long) (Double.parseDouble(text) * 1e9));
  }
}
