package io.sentryexporter.sentry.api;

import io.sentryexporter.sentry.model.ClientKey;
import io.sentryexporter.sentry.model.Endpoint;
import io.sentryexporter.sentry.model.SentryException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Client keys of the organization: one request for each hundred. What is secret in the answer is
/// skipped unread.
public record ClientKeysQuestion(String organization) implements Question<List<ClientKey>> {
  private static final String SHAPE =
      "{\"id\": …, \"projectId\": …, \"isActive\": …, \"rateLimit\": …}";

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
            new ApiQuery().with("per_page", 100).to(Endpoint.CLIENT_KEYS, organization),
            SHAPE,
            ClientKeysQuestion::key)) {
      byId.putIfAbsent(key.id(), key);
    }
    return List.copyOf(byId.values());
  }

  private static ClientKey key(Json json) throws Json.Unexpected, SentryException {
    String id = null;
    Long project = null;
    Boolean active = null;
    Double eventsPerSecond = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "id" -> id = json.id();
        case "projectId" -> project = json.whole();
        case "isActive" -> active = json.flag();
        case "rateLimit" -> eventsPerSecond = json.orDropped(ClientKeysQuestion::eventsPerSecond);
        default -> json.skip();
      }
    }
    return new ClientKey(
        json.required(id, "id"),
        json.required(project, "projectId"),
        json.required(active, "isActive"),
        eventsPerSecond);
  }

  /// A limit without a count, or over a window of no length, is none.
  private static @Nullable Double eventsPerSecond(Json json)
      throws Json.Unexpected, SentryException {
    Long window = null;
    Long count = null;
    json.beginObject();
    while (json.hasField()) {
      switch (json.field()) {
        case "window" -> window = json.orDropped(Json::whole);
        case "count" -> count = json.orDropped(Json::whole);
        default -> json.skip();
      }
    }
    return window == null || window == 0 || count == null ? null : (double) count / window;
  }
}
