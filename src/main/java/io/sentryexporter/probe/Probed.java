package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import java.util.List;

/// A probe that has just ended: what the history keeps of it, and what the scrape gets besides.
///
/// @param families in the order of the page
public record Probed(KeptProbe kept, List<MetricFamily> families) {
  public Probed {
    families = List.copyOf(families);
  }
}
