package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.api.ClientKeys.ClientKey;
import io.sentryexporter.sentry.api.Json.Field;
import io.sentryexporter.sentry.api.Json.Fields;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Client keys of the organization: one request for each hundred. What is secret in the answer is
/// skipped unread.
public record ClientKeys(String organization) implements ApiRequest<List<ClientKey>> {
  public static final Endpoint ENDPOINT =
      new Endpoint("client_keys", "/api/0/organizations/{organization}/project-keys/", "org:read");

  private static final String SHAPE =
      "{\"id\": …, \"projectId\": …, \"isActive\": …, \"rateLimit\": …}";
  private static final Field<String> ID = Field.of("id", Json::id);
  private static final Field<Long> PROJECT = Field.of("projectId", Json::whole);
  private static final Field<Boolean> IS_ACTIVE = Field.of("isActive", Json::flag);
  private static final Field<Double> RATE_LIMIT =
      Field.orDropped("rateLimit", ClientKeys::eventsPerSecond);
  private static final Field<Long> WINDOW = Field.orDropped("window", Json::whole);
  private static final Field<Long> COUNT = Field.orDropped("count", Json::whole);

  /// A client key (DSN) of a project, without anything secret.
  ///
  /// @param project numeric id
  /// @param eventsPerSecond its rate limit; null without one
  public record ClientKey(
      String id, long project, boolean active, @Nullable Double eventsPerSecond) {}

  @Override
  public String name() {
    return "client_keys";
  }

  @Override
  public List<ClientKey> fetch(Fetching sentry) throws SentryException, InterruptedException {
    Map<String, ClientKey> byId = new LinkedHashMap<>(); // pages shift when the list changes
    for (ClientKey key :
        Pages.read(
            sentry,
            new ApiGet.Parameters().with("per_page", 100).to(ENDPOINT, organization),
            SHAPE,
            ClientKeys::key)) {
      byId.putIfAbsent(key.id(), key);
    }
    return List.copyOf(byId.values());
  }

  private static ClientKey key(Json json) throws Json.Unexpected, SentryException {
    Fields key = json.object(ID, PROJECT, IS_ACTIVE, RATE_LIMIT);
    return new ClientKey(
        key.required(ID), key.required(PROJECT), key.required(IS_ACTIVE), key.get(RATE_LIMIT));
  }

  /// A limit without a count, or over a window of no length, is none.
  private static @Nullable Double eventsPerSecond(Json json)
      throws Json.Unexpected, SentryException {
    Fields limit = json.object(WINDOW, COUNT);
    Long window = limit.get(WINDOW);
    Long count = limit.get(COUNT);
    return window == null || window == 0 || count == null ? null : (double) count / window;
  }
}
