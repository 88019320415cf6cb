package io.sentryexporter.collector;

import java.util.List;

/// All collectors there are, in the order of the page.
public final class CollectorCatalog {
  public static final List<CollectorType> ALL =
      List.of(
          ProjectsCollector.TYPE,
          OutcomesCollector.TYPE,
          QuotaCollector.TYPE,
          SessionsCollector.TYPE,
          ReleasesCollector.TYPE,
          IssuesCollector.TYPE,
          MonitorsCollector.TYPE,
          UptimeCollector.TYPE,
          ClientKeysCollector.TYPE,
          QueriesCollector.TYPE);

  private CollectorCatalog() {}
}
