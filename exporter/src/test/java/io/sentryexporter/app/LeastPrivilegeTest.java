package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.collector.CollectorCatalog;
import io.sentryexporter.collector.CollectorType;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.simulator.SimulatedSentry;
import io.sentryexporter.simulator.message.ReceivedRequest;
import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A token needs no more than `docs/security.md` names.
class LeastPrivilegeTest {
  /// Settings without which a collector does not load.
  private static final Map<String, String> REQUIRED =
      Map.of("queries", "queries: [{name: errors, aggregate: count()}]");

  static List<CollectorType> collectors() {
    return CollectorCatalog.types();
  }

  @ParameterizedTest
  @MethodSource("collectors")
  void theScopesOfItsEndpointsAndOfTheProjectsSufficeForACollector(CollectorType type) {
    Set<String> scopes =
        Stream.concat(Stream.of(Endpoint.PROJECTS), type.endpoints().stream())
            .map(Endpoint::scope)
            .collect(Collectors.toSet());
    var token = new Token(SimulatedSentry.TOKEN, scopes, Set.of());
    String settings = REQUIRED.getOrDefault(type.name(), "");
    String module = "    collectors: {%s: {%s}}\n".formatted(type.name(), settings);
    try (var scene = Scene.of(SimulatedWorld.demo(1), Installation.SELF_HOSTED, module, token)) {
      Scene.assertSucceeded(scene.probe("acme"));

      assertThat(scene.sentry().requests().last())
          .isNotEmpty()
          .extracting(ReceivedRequest::method)
          .containsOnly("GET");
    }
  }
}
