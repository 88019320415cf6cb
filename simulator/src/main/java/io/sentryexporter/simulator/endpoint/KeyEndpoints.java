package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Noise;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The keys (DSNs) clients send with, of an organization and of a project.
///
/// Every project has one in use, every third also a limited one, every fifth one switched off.
public final class KeyEndpoints {
  private final URI url;

  public KeyEndpoints(URI url) {
    this.url = url;
  }

  /// @param perMinute events it lets through in a minute, null for all
  private record Key(
      SimulatedProject project, String name, boolean isActive, @Nullable Integer perMinute) {
    String id() {
      return hex("public");
    }

    String hex(String use) {
      var noise = Noise.of(project.id(), name + use);
      return "%016x%016x".formatted(noise, Noise.mix(noise));
    }
  }

  public Answer ofOrganization(Call call) throws Refused {
    var status = call.query().last("status");
    var keys =
        call.theOrganization().projects().stream()
            .flatMap(KeyEndpoints::keys)
            .filter(key -> status == null || key.isActive() == status.equals("active"))
            .toList();
    return Page.read(call.query()).of(keys, this::json, call, url);
  }

  public Answer ofProject(Call call) throws Refused {
    return Page.read(call.query()).of(keys(call.theProject()).toList(), this::json, call, url);
  }

  private static Stream<Key> keys(SimulatedProject project) {
    return Stream.of(
            List.of(new Key(project, "Default", true, null)),
            project.id() % 3 == 0
                ? List.of(new Key(project, "Mobile beta", true, 300))
                : List.<Key>of(),
            project.id() % 5 == 0
                ? List.of(new Key(project, "Retired", false, null))
                : List.<Key>of())
        .flatMap(List::stream);
  }

  private String json(Key key) {
    var id = key.project().id();
    var host = "o1.ingest.simulated.invalid";
    var open = "https://" + key.id() + "@" + host + "/" + id;
    var base = "https://" + host + "/api/" + id;
    var query = "?sentry_key=" + key.id();
    return """
    {"id":"%1$s","name":"%2$s","label":"%2$s","public":"%1$s","secret":"%3$s","projectId":%4$d,\
    "isActive":%5$s,"rateLimit":%6$s,"dsn":{"public":"%7$s",\
    "secret":"https://%1$s:%3$s@%8$s/%4$d","csp":"%9$s/csp-report/%10$s",\
    "security":"%9$s/security/%10$s","minidump":"%9$s/minidump/%10$s","nel":"%9$s/nel/%10$s",\
    "unreal":"%9$s/unreal/%1$s/","crons":"%9$s/cron/___MONITOR_SLUG___/%1$s/",\
    "cdn":"https://js.simulated.invalid/%1$s.min.js","playstation":"%9$s/playstation/%10$s",\
    "integration":"%9$s/integration/","otlp_traces":"%9$s/integration/otlp/v1/traces",\
    "otlp_logs":"%9$s/integration/otlp/v1/logs"},"browserSdkVersion":"10.x",\
    "browserSdk":{"choices":[["latest","latest"],["10.x","10.x"]]},\
    "dateCreated":"2018-11-06T21:20:07.941Z","dynamicSdkLoaderOptions":{"hasReplay":true,\
    "hasPerformance":true,"hasDebug":false,"hasFeedback":false,"hasLogsAndMetrics":false},\
    "useCase":"user"}\
    """
        .formatted(
            key.id(),
            key.name(),
            key.hex("secret"),
            id,
            key.isActive(),
            key.perMinute() == null ? null : "{\"window\":60,\"count\":" + key.perMinute() + "}",
            open,
            host,
            base,
            query);
  }
}
