package io.sentryexporter.sentry;

import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.text.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tokens that Sentry has answered with 401, so that each is sent again only once a minute.
///
/// A refusal belongs to a token: another one, in a file that has changed, is sent at once. Some are
/// about one organization only, which wants a second factor, for example.
final class RefusedTokens {
  /// Stands for all organizations.
  static final String EVERYWHERE = "";

  private static final int MOST = 1_000;

  private final LongSupplier nanoTime;
  private final Map<String, Refusal> byOrganization = new LinkedHashMap<>();

  private record Refusal(Secret token, String message, long checkedNanos) {}

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  RefusedTokens(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Returns if the token may be sent: it is not refused, or this is the check of the minute.
  ///
  /// @throws SentryException with status 401 if not
  synchronized void check(Secret token, String organization) throws SentryException {
    check(token, byOrganization.get(EVERYWHERE), EVERYWHERE);
    if (!organization.equals(EVERYWHERE)) {
      check(token, byOrganization.get(organization), organization);
    }
  }

  /// Sentry does not take the token.
  ///
  /// @param message how it answered, without the token
  synchronized void refused(Secret token, String organization, String message) {
    byOrganization.put(organization, new Refusal(token, message, nanoTime.getAsLong()));
    if (byOrganization.size() > MOST) {
      byOrganization.remove(byOrganization.keySet().iterator().next());
    }
  }

  /// Sentry knows the token again, also for this organization.
  synchronized void accepted(String organization) {
    byOrganization.remove(EVERYWHERE);
    byOrganization.remove(organization);
  }

  /// The next request checks the token.
  synchronized void forget() {
    byOrganization.replaceAll((_, refusal) ->
        new Refusal(
            refusal.token(),
            refusal.message(),
            nanoTime.getAsLong() - Lifetime.REFUSED_TOKEN.duration().toNanos()));
  }

  private void check(Secret token, @Nullable Refusal refusal, String organization)
      throws SentryException {
    if (refusal == null || !refusal.token().equals(token)) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (Lifetime.REFUSED_TOKEN.covers(refusal.checkedNanos(), now)) {
      throw new SentryException(
          Reason.AUTH,
          refusal.message()
              + "; the request is sent again once a minute, or when the token"
              + " changes");
    }
    byOrganization.put(organization, new Refusal(token, refusal.message(), now));
  }
}
