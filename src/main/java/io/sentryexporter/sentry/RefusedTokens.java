package io.sentryexporter.sentry;

import io.sentryexporter.http.Secret;
import io.sentryexporter.sentry.model.Memory;
import io.sentryexporter.sentry.model.SentryException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whom Sentry has answered 401, so that it is not asked again but once a minute.
///
/// A refusal is of a token: another one, in a file that has changed, is asked with at once. Some
/// are of one organization only, which wants a second factor, for example.
final class RefusedTokens {
  /// Stands for all organizations.
  static final String EVERYWHERE = "";

  private static final int MOST = 1_000;

  private static final Logger log = LoggerFactory.getLogger(RefusedTokens.class);

  private final String instance;
  private final LongSupplier nanoTime;
  private final Map<String, Refusal> byOrganization = new LinkedHashMap<>();

  private record Refusal(Secret token, String message, long checkedNanos) {}

  /// @param instance whose tokens they are
  /// @param nanoTime a clock that only goes forward, in nanoseconds
  RefusedTokens(String instance, LongSupplier nanoTime) {
    this.instance = instance;
    this.nanoTime = nanoTime;
  }

  /// Returns if the token may be asked with: it is not refused, or this is the check of the minute.
  ///
  /// @throws SentryException.StatusRefused with status 401 if not
  synchronized void check(Secret token, String organization) throws SentryException.StatusRefused {
    check(token, byOrganization.get(EVERYWHERE), EVERYWHERE);
    if (!organization.equals(EVERYWHERE)) {
      check(token, byOrganization.get(organization), organization);
    }
  }

  /// Sentry does not take the token. The operator has to act, so the log says so, once.
  ///
  /// @param message how it answered, without the token
  synchronized void refused(Secret token, String organization, String message) {
    Refusal before =
        byOrganization.put(organization, new Refusal(token, message, nanoTime.getAsLong()));
    if (before == null || !before.token().equals(token)) {
      log.atWarn()
          .addKeyValue("instance", instance)
          .addKeyValue("organization", organization.equals(EVERYWHERE) ? "all" : organization)
          .addKeyValue("answer", message)
          .log("sentry refuses the token");
    }
    if (byOrganization.size() > MOST) {
      byOrganization.remove(byOrganization.keySet().iterator().next());
    }
  }

  /// Sentry knows the token again, also for this organization.
  synchronized void accepted(String organization) {
    Refusal everywhere = byOrganization.remove(EVERYWHERE);
    Refusal here = byOrganization.remove(organization);
    if (everywhere != null || here != null) {
      log.atInfo().addKeyValue("instance", instance).log("sentry takes the token");
    }
  }

  /// The next request checks the token.
  synchronized void forget() {
    byOrganization.replaceAll((_, refusal) ->
        new Refusal(
            refusal.token(),
            refusal.message(),
            nanoTime.getAsLong() - Memory.REFUSED_TOKEN.duration().toNanos()));
  }

  private void check(Secret token, @Nullable Refusal refusal, String organization)
      throws SentryException.StatusRefused {
    if (refusal == null || !refusal.token().equals(token)) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (Memory.REFUSED_TOKEN.covers(refusal.checkedNanos(), now)) {
      throw new SentryException.StatusRefused(
          refusal.message() + "; Sentry is asked again once a minute, or when the token changes",
          401,
          0,
          Duration.ZERO);
    }
    byOrganization.put(organization, new Refusal(token, refusal.message(), now));
  }
}
