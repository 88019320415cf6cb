package io.sentryexporter.probe;

import io.sentryexporter.config.HttpModule;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Modules of `prober: http` whose token Sentry refuses. The operator has to act, so the log says
/// so, once, and when it is over: some refusals are of one target only.
final class RefusedModules {
  private static final int MOST = 100;
  private static final Logger log = LoggerFactory.getLogger(RefusedModules.class);

  /// With the target that was refused first.
  private final Map<HttpModule, String> refused = new ConcurrentHashMap<>();

  void refused(HttpModule module, String target, String answer) {
    if (refused.size() >= MOST) {
      refused.clear(); // reloads bring others; it costs a line more
    }
    if (refused.putIfAbsent(module, target) == null) {
      log.atWarn()
          .addKeyValue("module", module.name())
          .addKeyValue("target", new Mask(module.headers()).apply(target))
          .addKeyValue("answer", answer)
          .log("sentry refuses the token");
    }
  }

  void accepted(HttpModule module, String target) {
    if (refused.remove(module, target)) {
      log.atInfo().addKeyValue("module", module.name()).log("sentry takes the token");
    }
  }
}
