package io.sentryexporter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.Listener.Limits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 512",
    "1, 512",
    "448, 512",
    "512, 576",
    "2000, 2064",
    "2147483600, 2147483647",
    "2147483647, 2147483647"
  })
  void probesAtTheirLimitLeaveConnectionsForEverythingElse(int maxProbes, int connections) {
    assertThat(Limits.forProbes(maxProbes).maxConnections()).isEqualTo(connections);
  }

  @ParameterizedTest
  @CsvSource({"32, 32", "576, 576", "600, 576"})
  void fewFilesMeanFewerConnections(int most, int connections) {
    assertThat(Limits.forProbes(512).atMost(most).maxConnections()).isEqualTo(connections);
  }
}
