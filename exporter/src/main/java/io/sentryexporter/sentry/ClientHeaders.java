package io.sentryexporter.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.http.ClientSettings;
import io.sentryexporter.http.ClientSettings.BasicAuth;
import io.sentryexporter.http.ClientSettings.OAuth2;
import io.sentryexporter.http.ClientSettings.TypedCredentials;
import io.sentryexporter.http.ClientSettings.Unreadable;
import io.sentryexporter.http.ClientSettings.Value;
import io.sentryexporter.http.Header;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.HttpGet;
import io.sentryexporter.http.Origin;
import io.sentryexporter.sentry.api.Json;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.transport.RequestSender;
import io.sentryexporter.text.Printable;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Deadline;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes the headers that the settings of a client add to its requests, with files as they are at
/// this moment and with tokens of OAuth 2.0.
///
/// A token is fetched once for all requests that need it, and used until shortly before its end.
public final class ClientHeaders {
  static final String AUTHORIZATION = "Authorization";

  /// A token that ends sooner is not used: it has to last for a request. As in Go.
  private static final Duration LEAST_LEFT = Duration.ofSeconds(10);

  private static final int MOST_TOKENS = 1_000;
  private static final int LONGEST_ERROR = 200;
  private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})(\\.[0-9]+)?");

  private static final Json.Field<String> ACCESS_TOKEN = Json.Field.of("access_token", Json::text);
  private static final Json.Field<String> TOKEN_TYPE =
      Json.Field.of("token_type", Json::textOrEmpty);
  private static final Json.Field<String> EXPIRES_IN = Json.Field.of("expires_in", Json::anyText);
  private static final Json.Field<String> ERROR = Json.Field.of("error", Json::anyText);
  private static final Json.Field<String> DESCRIPTION =
      Json.Field.of("error_description", Json::anyText);

  private final RequestSender sender;
  private final LongSupplier nanoTime;
  private final Map<OAuth2, Token> tokens = new ConcurrentHashMap<>();

  /// @param nanoTime a clock that only goes forward, in nanoseconds
  public ClientHeaders(RequestSender sender, LongSupplier nanoTime) {
    this.sender = sender;
    this.nanoTime = nanoTime;
  }

  /// Headers for one request.
  ///
  /// @param redactor hides their secrets wherever the answer brings them back
  public record Made(List<Header> headers, SecretRedactor redactor) {
    public Made {
      headers = List.copyOf(headers);
    }

    /// The value of the header Authorization; null if there is none.
    public @Nullable Secret authorization() {
      return headers.stream()
          .filter(header -> header.is(AUTHORIZATION))
          .map(Header::value)
          .findFirst()
          .orElse(null);
    }
  }

  /// The headers of these settings now.
  ///
  /// @throws SentryException if a file or a token cannot be had; the message names the file, or the
  ///   token's server
  public Made of(ClientSettings settings, Deadline deadline)
      throws SentryException, InterruptedException {
    var headers = new ArrayList<Header>();
    var secrets = new ArrayList<Header>();
    var authorization = authorization(settings, deadline);
    if (authorization != null) {
      headers.add(new Header(AUTHORIZATION, authorization));
      secrets.addAll(headers);
    }
    for (var extra : settings.headers()) {
      var header = new Header(extra.name(), read(extra.value()));
      headers.add(header);
      if (extra.isSecret()) {
        secrets.add(header);
      }
    }
    return new Made(headers, Header.redactor(secrets).and(sender.proxyRedactor(settings)));
  }

  /// Sentry has answered headers with 401: a token among them is not used again.
  ///
  /// @return whether the next ones have another token, so that a second try may succeed
  public boolean refused(ClientSettings settings, @Nullable Secret authorization) {
    return authorization != null
        && settings.authorization() instanceof OAuth2 oauth
        && token(oauth).refused(authorization);
  }

  private @Nullable Secret authorization(ClientSettings settings, Deadline deadline)
      throws SentryException, InterruptedException {
    return switch (settings.authorization()) {
      case null -> null;
      case TypedCredentials(var type, var value) -> new Secret(type + " " + read(value).reveal());
      case BasicAuth(var user, var password) -> basic(read(user), read(password));
      case OAuth2 oauth -> token(oauth).get(deadline);
    };
  }

  private static Secret read(Value value) throws SentryException {
    try {
      return value.read();
    } catch (Unreadable e) {
      throw new SentryException(Reason.AUTH, String.valueOf(e.getMessage()));
    }
  }

  private static Secret basic(Secret user, Secret password) {
    var pair = (user.reveal() + ":" + password.reveal()).getBytes(UTF_8);
    return new Secret("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  private Token token(OAuth2 oauth) {
    if (tokens.size() > MOST_TOKENS) {
      tokens.clear(); // settings are few: only reloads with ever new ones lead here
    }
    return tokens.computeIfAbsent(oauth, Token::new);
  }

  /// A token as its server has given it.
  ///
  /// @param clientSecret that it was given for: another one, in a file that has changed, gets
  ///   another token
  /// @param untilNanos null for a token without an end
  private record Given(Secret authorization, Secret clientSecret, @Nullable Long untilNanos) {}

  /// The token for one set of settings, from its first request on.
  private final class Token {
    private final OAuth2 oauth;
    private final Origin server;
    private @Nullable Given given;
    private boolean isFetching;

    /// Number of fetches that have ended, and why the last one failed.
    private long fetches;

    private @Nullable SentryException failure;

    /// Whether the server takes the client's id and secret in the form only.
    private boolean isInForm;

    private Token(OAuth2 oauth) {
      this.oauth = oauth;
      this.server = Origin.of(oauth.tokenUrl());
    }

    synchronized boolean refused(Secret authorization) {
      if (given != null && given.authorization().equals(authorization)) {
        given = null;
      }
      return true;
    }

    Secret get(Deadline deadline) throws SentryException, InterruptedException {
      Secret clientSecret = read(oauth.clientSecret());
      synchronized (this) {
        while (true) {
          if (given != null && isGood(given, clientSecret)) {
            return given.authorization();
          }
          if (!isFetching) {
            isFetching = true;
            break;
          }
          awaitFetch(deadline);
        }
      }
      Given fetched = null;
      SentryException failed = null;
      try {
        fetched = fetch(clientSecret, deadline);
        return fetched.authorization();
      } catch (SentryException e) {
        failed = e;
        throw e;
      } finally {
        ended(fetched, failed);
      }
    }

    private boolean isGood(Given token, Secret clientSecret) {
      return token.clientSecret().equals(clientSecret)
          && (token.untilNanos() == null || nanoTime.getAsLong() - token.untilNanos() < 0);
    }

    /// Waits for the fetch of another request, and shares its failure unless that was a matter of
    /// its own time.
    private void awaitFetch(Deadline deadline) throws SentryException, InterruptedException {
      long before = fetches;
      if (!deadline.await(this, () -> fetches != before)) {
        boolean isCancelled = deadline.state() == Deadline.State.CANCELLED;
        throw new SentryException(
            isCancelled ? Reason.CANCELLED : Reason.TIMEOUT, "waited for a token from " + server);
      }
      SentryException shared = failure;
      if (shared != null
          && shared.reason() != Reason.TIMEOUT
          && shared.reason() != Reason.CANCELLED) {
        throw shared;
      }
    }

    private synchronized void ended(@Nullable Given fetched, @Nullable SentryException failed) {
      if (fetched != null) {
        given = fetched;
      }
      failure = failed;
      isFetching = false;
      fetches++;
      notifyAll();
    }

    /// Tries the header first, which the standard prefers, then the form, as Go does.
    private Given fetch(Secret clientSecret, Deadline deadline) throws SentryException {
      HttpAnswer answer = post(clientSecret, isInForm, deadline);
      if (!isInForm && (answer.status() == 400 || answer.status() == 401)) {
        HttpAnswer other = post(clientSecret, true, deadline);
        isInForm = other.status() == 200;
        answer = isInForm ? other : answer;
      }
      if (answer.status() != 200) {
        throw refusal(answer, clientSecret);
      }
      Json.Fields fields =
          Json.read(answer, "a token", json -> json.object(ACCESS_TOKEN, TOKEN_TYPE, EXPIRES_IN));
      String token = fields.get(ACCESS_TOKEN, "");
      String type = fields.get(TOKEN_TYPE, "");
      if (token.isEmpty() || !Header.isValue(type + token)) {
        throw failure(Reason.PARSE, "the answer has no access_token");
      }
      String scheme = type.isEmpty() || type.equalsIgnoreCase("bearer") ? "Bearer" : type;
      return new Given(
          new Secret(scheme + " " + token), clientSecret, until(fields.get(EXPIRES_IN, "")));
    }

    private @Nullable Long until(String expiresIn) {
      var seconds = SECONDS.matcher(expiresIn);
      if (!seconds.matches() || Long.parseLong(seconds.group(1)) == 0) {
        return null;
      }
      var lasts = Duration.ofSeconds(Long.parseLong(seconds.group(1)));
      var tenth = lasts.dividedBy(10); // of a short one
      var left = tenth.compareTo(LEAST_LEFT) < 0 ? tenth : LEAST_LEFT;
      return nanoTime.getAsLong() + lasts.minus(left).toNanos();
    }

    private HttpAnswer post(Secret clientSecret, boolean isInForm, Deadline deadline)
        throws SentryException {
      var form = new LinkedHashMap<String, String>();
      form.put("grant_type", "client_credentials");
      if (!oauth.scopes().isEmpty()) {
        form.put("scope", String.join(" ", oauth.scopes()));
      }
      form.putAll(oauth.parameters());
      var headers = new ArrayList<Header>();
      headers.add(new Header("Accept", new Secret("application/json")));
      if (isInForm) {
        form.put("client_id", oauth.clientId());
        form.put("client_secret", clientSecret.reveal());
      } else {
        headers.add(authorization(clientSecret));
      }
      String body =
          form.entrySet().stream()
              .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
              .collect(Collectors.joining("&"));
      try {
        return sender.post(new HttpGet(oauth.tokenUrl(), headers, oauth.client()), body, deadline);
      } catch (SentryException e) {
        throw failure(e.reason(), String.valueOf(e.getMessage()));
      }
    }

    private Header authorization(Secret clientSecret) {
      var id = new Secret(encoded(oauth.clientId()));
      return new Header(AUTHORIZATION, basic(id, new Secret(encoded(clientSecret.reveal()))));
    }

    private SecretRedactor redactor(Secret clientSecret) {
      return Header.redactor(List.of(authorization(clientSecret)))
          .and(clientSecret)
          .and(sender.proxyRedactor(oauth.client()));
    }

    private SentryException refusal(HttpAnswer answer, Secret clientSecret) {
      int status = answer.status();
      String what = "HTTP " + status + words(answer, clientSecret);
      if (status >= 500 || status == 429) {
        return failure(Reason.UPSTREAM_5XX, what);
      }
      return failure(
          Reason.AUTH,
          what
              + (status == 400 || status == 401 || status == 403
                  ? "; check client_id, client_secret and scopes of oauth2"
                  : "; check token_url of oauth2: a token is requested there and nowhere else"));
    }

    /// The server's reason for a refusal, in the form of RFC 6749; empty if nothing.
    private String words(HttpAnswer answer, Secret clientSecret) {
      try {
        Json.Fields fields = Json.read(answer, "an error", json -> json.object(ERROR, DESCRIPTION));
        String words = fields.get(ERROR, "");
        String description = fields.get(DESCRIPTION, "");
        String all = description.isEmpty() ? words : words + ": " + description;
        String shown =
            Printable.replaced(redactor(clientSecret).redactReply(all), ' ')
                .replaceAll("\\s+", " ")
                .strip();
        return shown.isEmpty()
            ? ""
            : " (" + shown.substring(0, Math.min(shown.length(), LONGEST_ERROR)) + ")";
      } catch (SentryException _) {
        return "";
      }
    }

    /// Without the status of the token's server, which is not Sentry's.
    private SentryException failure(Reason reason, String what) {
      return new SentryException(reason, "no token from " + server + " (oauth2): " + what);
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, UTF_8);
    }
  }
}
