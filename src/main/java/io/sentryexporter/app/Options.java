package io.sentryexporter.app;

import io.sentryexporter.web.WebSettings;
import io.sentryexporter.web.server.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the exporter runs, from its flags.
///
/// @param historyLimit how many probes, and how many failed ones besides, are kept to look at
/// @param storage folder for what outlives the process; null for nothing
/// @param secondReading how long after the first reading of a counter without marks comes the
///   second; zero for none
public record Options(
    List<ListenAddress> listenAddresses,
    WebSettings web,
    Logging.Settings logging,
    int historyLimit,
    @Nullable Path storage,
    Duration secondReading) {
  public Options {
    listenAddresses = List.copyOf(listenAddresses);
  }
}
