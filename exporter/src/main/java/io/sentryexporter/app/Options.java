package io.sentryexporter.app;

import io.sentryexporter.server.ListenAddress;
import io.sentryexporter.web.WebSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The exporter's options, from its flags.
///
/// @param historyLimit number of probes to keep, and in addition of failed ones
/// @param storage folder for state that outlives the process; null for none
/// @param secondReading time from the first to the second reading of a counter without marks; zero
///   for no second one
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
