package io.sentryexporter.probe;

import io.sentryexporter.metrics.MetricFamily;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A probe that has just ended: its entry in the history, and the page of the scrape.
///
/// @param figures the first part of the page, null if there is none; closed when it is sent
/// @param families the rest, in the order of the page
public record Probed(
    KeptProbe kept, PageMemory.@Nullable Reading figures, List<MetricFamily> families) {
  public Probed {
    families = List.copyOf(families);
  }
}
