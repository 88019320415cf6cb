package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.endpoint.Call;
import io.sentryexporter.simulator.fault.FaultText;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Json;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.options.Feature;
import io.sentryexporter.simulator.options.Installation;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Endpoints on the state of the server and the identity of the caller, and those that the
/// simulation adds to Sentry.
public final class ServiceEndpoints {
  static final String REQUESTS_PATH = "/-/requests";
  static final String FAULTS_PATH = "/-/faults";

  private ServiceEndpoints() {}

  /// `/api/0/`: the scopes of the caller's token.
  static Answer root(Call call) {
    var token = call.token();
    if (token == null) {
      return Answer.json("{\"version\":\"0\",\"auth\":null,\"user\":null}");
    }
    var scopes = token.scopes().stream().sorted().map(Json::quote).collect(Collectors.joining(","));
    return Answer.json(
        "{\"version\":\"0\",\"auth\":{\"scopes\":["
            + scopes
            + "]},\"user\":{\"id\":\"1\",\"name\":\"Simulated User\","
            + "\"username\":\"simulated@example.com\"}}");
  }

  /// What Sentry's own pages begin with: a part of it.
  static Answer clientConfig(Installation installation) {
    return Answer.json(
        "{\"singleOrganization\":false,\"version\":{\"current\":\"%s\",\"upgradeAvailable\":false},"
                .formatted(installation.version())
            + "\"isOnPremise\":%1$s,\"isSelfHosted\":%1$s,\"isAuthenticated\":false,\"user\":null}"
                .formatted(!installation.has(Feature.RATE_LIMIT_HEADERS)));
  }

  /// The same of GlitchTip.
  static Answer settings(Installation installation) {
    return Answer.json(
        "{\"socialApps\":[],\"billingEnabled\":false,\"version\":\"%s\"}"
            .formatted(installation.version()));
  }

  static Answer health(Call call) {
    return call.query().has("full")
        ? Answer.json("{\"problems\":[],\"healthy\":{\"WarningStatusCheck\":true}}")
        : Answer.of(200, "text/html; charset=utf-8", "ok");
  }

  /// Whether a route is an addition of the simulation: not counted, and without faults.
  public static boolean isAddition(@Nullable Route route) {
    return route != null && route.template().startsWith("/-/");
  }

  /// The faults from now on, for programs outside this process: of `target`, a pattern of paths
  /// with their queries, and `fault`, as `X-Simulate` writes it, any number of pairs; none ends all
  /// faults.
  static Answer faults(Call call, Faults faults) throws Refused {
    var targets = call.query().all("target");
    var texts = call.query().all("fault");
    if (targets.size() != texts.size()) {
      throw Refused.badRequest("Each \"target\" needs a \"fault\".");
    }
    faults.clear();
    for (var i = 0; i < targets.size(); i++) {
      faults.whenTarget(pattern(targets.get(i)).asPredicate(), FaultText.parse(texts.get(i)));
    }
    return Answer.json("{\"faults\":%d}".formatted(targets.size()));
  }

  private static Pattern pattern(String target) throws Refused {
    try {
      return Pattern.compile(target);
    } catch (PatternSyntaxException e) {
      throw Refused.badRequest("\"target\" is no pattern: " + e.getDescription());
    }
  }

  /// Counts by endpoint, for benchmarks and tests outside this process.
  static Answer requests(RequestLog log) {
    var byEndpoint =
        log.byEndpoint().entrySet().stream()
            .map(each -> Json.quote(each.getKey()) + ":" + each.getValue())
            .collect(Collectors.joining(","));
    return Answer.json(
        "{\"total\":%d,\"connections\":%d,\"endpoints\":{%s}}"
            .formatted(log.total(), log.connectionsAccepted(), byEndpoint));
  }
}
