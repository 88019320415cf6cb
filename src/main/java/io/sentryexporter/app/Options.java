package io.sentryexporter.app;

import io.sentryexporter.web.ListenAddress;
import io.sentryexporter.web.WebSettings;
import java.util.List;

/// How the exporter runs, from its flags.
///
/// @param historyLimit how many probes, and how many failed ones besides, are kept to look at
public record Options(
    List<ListenAddress> listenAddresses,
    WebSettings web,
    Logging.Settings logging,
    int historyLimit) {
  public Options {
    listenAddresses = List.copyOf(listenAddresses);
  }
}
