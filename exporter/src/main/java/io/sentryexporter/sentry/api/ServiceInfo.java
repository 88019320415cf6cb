package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server reports of itself, and of the token that it is requested with.
public final class ServiceInfo {
  /// Needs no scope: it answers what the token may do.
  public static final Endpoint ROOT = new Endpoint("root", "/api/0/", "org:read");

  /// For Sentry's own pages; without a token too.
  static final Endpoint CLIENT_CONFIG =
      new Endpoint("client_config", "/api/client-config/", "org:read");

  /// The same of GlitchTip.
  static final Endpoint SETTINGS = new Endpoint("settings", "/api/settings/", "org:read");

  private static final Field<Set<String>> SCOPES =
      Field.of("scopes", json -> Set.copyOf(json.items(Json::text)));
  private static final Field<Set<String>> AUTH =
      Field.orDropped("auth", json -> json.object(SCOPES).get(SCOPES, Set.of()));
  private static final Field<Boolean> USER =
      Field.orDropped(
          "user",
          json -> {
            json.skip();
            return true;
          });
  private static final Field<String> API_VERSION = Field.orDropped("version", Json::anyText);

  private static final Field<String> CURRENT = Field.orDropped("current", Json::label);
  private static final Field<String> SENTRY_VERSION =
      Field.orDropped("version", json -> json.object(CURRENT).get(CURRENT, ""));
  private static final Field<Boolean> SELF_HOSTED = Field.orDropped("isSelfHosted", Json::flag);
  private static final Field<Boolean> ON_PREMISE = Field.orDropped("isOnPremise", Json::flag);
  private static final Field<String> GLITCHTIP_VERSION = Field.orDropped("version", Json::label);

  private ServiceInfo() {}

  /// A program that answers Sentry's API.
  public enum Kind {
    SENTRY_IO,
    SELF_HOSTED,
    GLITCHTIP,
    UNKNOWN
  }

  /// A server.
  ///
  /// @param version empty if it does not report one
  public record Server(Kind kind, String version) {}

  /// The kind and version of the server: one request, or two.
  public record ServerRequest() implements ApiRequest<Server> {
    @Override
    public String name() {
      return "server";
    }

    @Override
    public String organization() {
      return "";
    }

    @Override
    public Server fetch(Fetching sentry) throws SentryException, InterruptedException {
      try {
        return Json.read(
            sentry.get(new ApiGet.Parameters().to(CLIENT_CONFIG)),
            "{…}",
            sentry,
            json -> {
              Fields config = json.object(SENTRY_VERSION, SELF_HOSTED, ON_PREMISE);
              boolean isSelfHosted = config.get(SELF_HOSTED, config.get(ON_PREMISE, true));
              return new Server(
                  isSelfHosted ? Kind.SELF_HOSTED : Kind.SENTRY_IO, config.get(SENTRY_VERSION, ""));
            });
      } catch (SentryException e) {
        if (e.reason() != Reason.UNSUPPORTED) {
          throw e;
        }
      }
      try {
        return Json.read(
            sentry.get(new ApiGet.Parameters().to(SETTINGS)),
            "{…}",
            sentry,
            json ->
                new Server(
                    Kind.GLITCHTIP, json.object(GLITCHTIP_VERSION).get(GLITCHTIP_VERSION, "")));
      } catch (SentryException e) {
        if (e.reason() != Reason.UNSUPPORTED) {
          throw e;
        }
        return new Server(Kind.UNKNOWN, "");
      }
    }
  }

  /// What the server knows of the token.
  ///
  /// @param scopes null if it does not report them
  /// @param isAnonymous whether it has seen no token at all
  public record Caller(@Nullable Set<String> scopes, boolean isAnonymous) {
    public Caller {
      scopes = scopes == null ? null : Set.copyOf(scopes);
    }
  }

  /// The token, as the server knows it: one request.
  public record CallerRequest() implements ApiRequest<Caller> {
    @Override
    public String name() {
      return "token";
    }

    @Override
    public String organization() {
      return "";
    }

    @Override
    public Caller fetch(Fetching sentry) throws SentryException, InterruptedException {
      return Json.read(
          sentry.get(new ApiGet.Parameters().to(ROOT)),
          "{\"version\": …, \"auth\": {\"scopes\": […]}, \"user\": …}",
          sentry,
          json -> {
            Fields root = json.object(API_VERSION, AUTH, USER);
            boolean isSentrys = !root.get(API_VERSION, "").isEmpty();
            Set<String> scopes = root.get(AUTH);
            return new Caller(scopes, isSentrys && scopes == null && root.get(USER) == null);
          });
    }
  }
}
