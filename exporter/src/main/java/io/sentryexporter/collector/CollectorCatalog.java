package io.sentryexporter.collector;

import java.util.List;
import java.util.function.Supplier;

/// All collectors there are, in the order of the page. A collector's class is loaded when a
/// configuration, or the documentation, needs it.
public final class CollectorCatalog {
  public static final List<Entry> ALL =
      List.of(
          new Entry("projects", () -> ProjectsCollector.TYPE),
          new Entry("outcomes", () -> OutcomesCollector.TYPE),
          new Entry("quota", () -> QuotaCollector.TYPE),
          new Entry("sessions", () -> SessionsCollector.TYPE),
          new Entry("releases", () -> ReleasesCollector.TYPE),
          new Entry("issues", () -> IssuesCollector.TYPE),
          new Entry("monitors", () -> MonitorsCollector.TYPE),
          new Entry("uptime", () -> UptimeCollector.TYPE),
          new Entry("client_keys", () -> ClientKeysCollector.TYPE),
          new Entry("queries", () -> QueriesCollector.TYPE));

  private CollectorCatalog() {}

  /// A collector.
  ///
  /// @param name that of its type
  public record Entry(String name, Supplier<CollectorType> type) {}

  public static List<CollectorType> types() {
    return ALL.stream().map(entry -> entry.type().get()).toList();
  }
}
