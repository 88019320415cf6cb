package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.server.Listener.Handler;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.server.WebConfig.RateLimit;
import io.sentryexporter.time.TimeSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes on the requests that the web configuration allows: first by their rate, then by their
/// user. It is read for each request, so that a change needs no restart.
public final class AccessControl {
  private static final Logger log = LoggerFactory.getLogger(AccessControl.class);
  private static final String BASIC = "Basic ";
  private static final ResponseHeader CHALLENGE = new ResponseHeader("WWW-Authenticate", "Basic");
  private static final String TOO_MANY = "Too Many Requests\n";

  private final Supplier<WebConfig> config;
  private final TimeSource time;
  private final PasswordChecks passwords;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /// Null until a limit is configured.
  private @Nullable TokenBucket bucket;

  /// @param config what is in force now
  public AccessControl(Supplier<WebConfig> config, TimeSource time) {
    this.config = config;
    this.time = time;
    this.passwords = new PasswordChecks(time);
  }

  /// Passes on to `handler` what is allowed; all listeners together have one limit.
  public Handler before(Handler handler) {
    return request -> answer(request, handler);
  }

  private Response answer(Request request, Handler handler) throws InterruptedException {
    var now = config.get();
    var response = answer(request, now, handler);
    for (var header : now.headers()) {
      response = response.replacing(header);
    }
    return response;
  }

  private Response answer(Request request, WebConfig now, Handler handler)
      throws InterruptedException {
    long wait = now.rateLimit() == null ? 0 : waitNanos(now.rateLimit());
    if (wait > 0) {
      logOnce("more than rate_limit allows");
      return tooMany(Math.ceilDiv(wait, 1_000_000_000L));
    }
    if (now.users().isEmpty()) {
      return handler.handle(request);
    }
    var login = Login.of(request.headers().first("Authorization").orElse(""));
    if (login == null) {
      return unauthorized();
    }
    return switch (passwords.check(login.user, login.password, now.users())) {
      case RIGHT -> handler.handle(request);
      case WRONG -> {
        logOnce("wrong user or password");
        yield unauthorized();
      }
      case BUSY -> {
        logOnce("too many passwords to check");
        yield tooMany(1);
      }
    };
  }

  /// Logs a kind of refusal when it comes first; what clients do must not fill the log.
  private void logOnce(String reason) {
    if (logged.add(reason)) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .log("request refused; further ones are not logged");
    }
  }

  private static Response unauthorized() {
    return Response.text(401, "Unauthorized\n").with(CHALLENGE);
  }

  private static Response tooMany(long seconds) {
    return Response.text(429, TOO_MANY)
        .with(new ResponseHeader("Retry-After", Long.toString(seconds)));
  }

  /// Zero for a request that passes, else for how long none does.
  private synchronized long waitNanos(RateLimit limit) {
    if (bucket == null || !bucket.limit.equals(limit)) {
      bucket = new TokenBucket(limit, time.nanoTime());
    }
    return bucket.take(time.nanoTime());
  }

  /// Number of passwords checked.
  int checkedPasswords() {
    return passwords.checked();
  }

  /// A bucket of tokens, one for each request, and as many as the burst at most.
  private static final class TokenBucket {
    private final RateLimit limit;
    private long tokens;

    /// When the last token came.
    private long since;

    TokenBucket(RateLimit limit, long now) {
      this.limit = limit;
      this.tokens = limit.burst();
      this.since = now;
    }

    long take(long now) {
      long interval = limit.interval().toNanos();
      long come = (now - since) / interval;
      tokens = come >= limit.burst() - tokens ? limit.burst() : tokens + come;
      since += come * interval;
      if (tokens == 0) {
        return since + interval - now;
      }
      if (tokens == limit.burst()) {
        since = now; // a full bucket gets no token
      }
      tokens--;
      return 0;
    }
  }

  /// User and password of a request.
  private static final class Login {
    private final String user;
    private final byte[] password;

    /// @param pair user, colon, password
    private Login(byte[] pair, int colon) {
      this.user = new String(pair, 0, colon, UTF_8);
      this.password = Arrays.copyOfRange(pair, colon + 1, pair.length);
    }

    /// Reads the header; null if it has none, or not in the form of basic authentication.
    static @Nullable Login of(String authorization) {
      if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
        return null;
      }
      try {
        byte[] pair = Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
        int colon = new String(pair, ISO_8859_1).indexOf(':'); // a character per byte
        return colon < 0 ? null : new Login(pair, colon);
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
  }
}
