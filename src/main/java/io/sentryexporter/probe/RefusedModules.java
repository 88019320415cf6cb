package io.sentryexporter.probe;

import io.sentryexporter.config.HttpModule;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Modules of `prober: http` whose token Sentry refuses. The operator has to act, so the log says
/// so, once, and when it is over: by the target that was refused, since some refusals are of one
/// organization only, or by any with another token.
final class RefusedModules {
  private static final int MOST = 1_000;
  private static final Logger log = LoggerFactory.getLogger(RefusedModules.class);

  private final Map<String, Refusal> byName = new HashMap<>();

  /// @param module as it was configured
  /// @param target the first that was refused
  private record Refusal(HttpModule module, String target) {}

  synchronized void refused(HttpModule module, String target, String answer) {
    Refusal before = byName.get(module.name());
    if (before != null && before.module().equals(module)) {
      return;
    }
    if (byName.size() >= MOST) {
      byName.clear(); // it costs a line more
    }
    byName.put(module.name(), new Refusal(module, target));
    log.atWarn()
        .addKeyValue("module", module.name())
        .addKeyValue("target", new Mask(module.headers()).apply(target))
        .addKeyValue("answer", answer)
        .log("sentry refuses the token");
  }

  synchronized void accepted(HttpModule module, String target) {
    Refusal refusal = byName.get(module.name());
    if (refusal != null && (refusal.target().equals(target) || !refusal.module().equals(module))) {
      byName.remove(module.name());
      log.atInfo().addKeyValue("module", module.name()).log("sentry takes the token");
    }
  }
}
