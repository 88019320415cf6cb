package io.sentryexporter.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.fuzz.ProbedServers.Outcome;

/// Any query of `/probe`: 200, or a refusal, 403 for the pages that are switched off; and no
/// request leaves the server and the path of the module that the query names.
public final class ProbeFuzz {
  /// What is known of organizations and projects grows meanwhile.
  private static final int PROBES_OF_SERVERS = 10_000;

  private static ProbedServers servers = new ProbedServers();
  private static int probes;

  private ProbeFuzz() {}

  public static void check(byte[] query) throws InterruptedException {
    if (++probes % PROBES_OF_SERVERS == 0) {
      servers.close();
      servers = new ProbedServers();
    }
    Outcome outcome = servers.probe("/probe?" + new String(query, ISO_8859_1));

    assertThat(outcome.status()).isIn(0, 200, 400, 403);
  }
}
