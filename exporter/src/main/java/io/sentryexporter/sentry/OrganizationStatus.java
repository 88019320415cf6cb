package io.sentryexporter.sentry;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The exporter's current knowledge of an organization, for people to read.
///
/// @param ages of the answers that serve, by collector; of several answers the oldest
/// @param missingEndpoints by their names in the exporter's own metrics: the server does not have
///   them, or has them switched off
/// @param missingScopes scopes that the requests needed and the token lacks
public record OrganizationStatus(
    String slug,
    SortedMap<String, Duration> ages,
    List<String> missingEndpoints,
    List<String> missingScopes) {
  public OrganizationStatus {
    ages = Collections.unmodifiableSortedMap(new TreeMap<>(ages));
    missingEndpoints = List.copyOf(missingEndpoints);
    missingScopes = List.copyOf(missingScopes);
  }

  /// Every organization that has been requested and that Sentry knows, by slug.
  static List<OrganizationStatus> all(
      Capabilities capabilities, Map<AnswerCache.Subject, Duration> ages) {
    Map<String, SortedMap<String, Duration>> bySlug = new TreeMap<>();
    ages.forEach((subject, age) ->
        bySlug
            .computeIfAbsent(subject.organization(), _ -> new TreeMap<>())
            .put(subject.collector(), age));
    var known = capabilities.all();
    var scopes = capabilities.missingScopes();
    known.forEach(one -> bySlug.computeIfAbsent(one.organization(), _ -> new TreeMap<>()));
    scopes.forEach(one -> bySlug.computeIfAbsent(one.organization(), _ -> new TreeMap<>()));
    bySlug.remove(""); // what is about no organization
    return bySlug.entrySet().stream()
        .map(entry ->
            new OrganizationStatus(
                entry.getKey(),
                entry.getValue(),
                known.stream()
                    .filter(one -> one.organization().equals(entry.getKey()) && !one.available())
                    .map(one -> one.endpoint().name())
                    .toList(),
                scopes.stream()
                    .filter(one -> one.organization().equals(entry.getKey()))
                    .map(Capabilities.MissingScope::scope)
                    .sorted()
                    .toList()))
        .toList();
  }
}
