package io.sentryexporter.fuzz;

import io.sentryexporter.config.ConfigFuzz;
import io.sentryexporter.config.EnvironmentFuzz;
import io.sentryexporter.config.WebConfigFuzz;
import io.sentryexporter.http.ProxyFuzz;
import io.sentryexporter.http.RedirectFuzz;
import io.sentryexporter.http.ResponseFuzz;
import io.sentryexporter.metrics.PageFuzz;
import io.sentryexporter.migration.MigrationFuzz;
import io.sentryexporter.sentry.PatternFuzz;
import io.sentryexporter.sentry.api.AnswerFuzz;
import io.sentryexporter.sentry.api.LinkFuzz;
import io.sentryexporter.sentry.marks.MarksFuzz;
import io.sentryexporter.sentry.transport.LimitFuzz;
import io.sentryexporter.server.ConnectionFuzz;
import io.sentryexporter.web.AcceptFuzz;
import java.util.Locale;

/// Everything that is fuzzed. The name in lower case is that of the command, and of the folder of
/// the corpus.
public enum FuzzTarget {
  CONFIGURATION(ConfigFuzz::check),
  WEB(WebConfigFuzz::check),
  ENVIRONMENT(EnvironmentFuzz::check),
  PROXIES(ProxyFuzz::check),
  MIGRATION(MigrationFuzz::check),
  ANSWERS(AnswerFuzz::check),
  LINKS(LinkFuzz::check),
  LIMITS(LimitFuzz::check),
  RESPONSES(ResponseFuzz::check),
  REDIRECTS(RedirectFuzz::check),
  REQUESTS(ConnectionFuzz::check),
  ACCEPT(AcceptFuzz::check),
  PAGES(PageFuzz::check),
  PROBES(ProbeFuzz::check),
  MARKS(MarksFuzz::check),
  PATTERNS(PatternFuzz::check);

  @SuppressWarnings("ImmutableEnumChecker") // all are methods without a state of their own
  private final Check check;

  FuzzTarget(Check check) {
    this.check = check;
  }

  /// Reads an input; what it throws is a finding.
  private interface Check {
    void of(byte[] input) throws Exception;
  }

  /// Reads an input, parts of which may be repeated.
  void check(byte[] input) throws Exception {
    check.of(Stretched.of(input));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
