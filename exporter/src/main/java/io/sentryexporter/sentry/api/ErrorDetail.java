package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.text.Printable;
import io.sentryexporter.text.SecretRedactor;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The text of an error from Sentry, in a form that can be shown.
///
/// @param isJson whether the body is a JSON object at all: Sentry's own text, not a proxy's page
/// @param code Sentry's code for it, such as `sso-required`; mostly empty
/// @param text a short line without control characters; may be empty
public record ErrorDetail(boolean isJson, String code, String text) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST_BODY = 64 << 10;
  private static final int LONGEST_TEXT = 200;
  private static final ErrorDetail NONE = new ErrorDetail(false, "", "");

  /// From `{"detail": "text"}`, `{"detail": {"code": …, "message": …}}` or anything else.
  ///
  /// @param redactor hides what the request carried, which the server may send back
  public static ErrorDetail of(HttpAnswer answer, SecretRedactor redactor) {
    byte[] body = answer.body();
    if (body.length == 0 || body.length > LONGEST_BODY) {
      return NONE;
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      return json.nextToken() == JsonToken.START_OBJECT ? inObject(json, redactor) : NONE;
    } catch (JacksonException _) {
      return NONE;
    }
  }

  private static ErrorDetail inObject(JsonParser json, SecretRedactor redactor) {
    String code = "";
    String text = "";
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("detail") && value == JsonToken.START_OBJECT) {
        ErrorDetail inner = inObject(json, redactor);
        code = inner.code();
        text = inner.text();
      } else if (value != JsonToken.VALUE_STRING) {
        json.skipChildren();
      } else if (name.equals("detail") || name.equals("message")) {
        text = shown(json.getString(), redactor);
      } else if (name.equals("code")) {
        code = shown(json.getString(), redactor);
      }
    }
    return new ErrorDetail(true, code, text);
  }

  private static String shown(@Nullable String text, SecretRedactor redactor) {
    if (text == null) {
      return "";
    }
    String line =
        Printable.replaced(redactor.redactReply(text), ' ').replaceAll("\\s+", " ").strip();
    int length = Math.min(line.length(), LONGEST_TEXT);
    return length < line.length() ? line.substring(0, length) + "…" : line;
  }

  /// Whether Sentry's storage was too slow, which it calls a bad request.
  public boolean isQueryTimeout() {
    return text.startsWith("Query timeout");
  }

  /// Whether Sentry refuses because the token sees no project.
  public boolean isNoProjects() {
    return text.startsWith("No projects available");
  }

  /// Whether a 401 is about one organization, not the token.
  public boolean isOfOrganization() {
    return !code.isEmpty() || text.startsWith("Unauthorized organization");
  }

  /// Returns the text in brackets, with a leading space; empty if there is none.
  public String inBrackets() {
    if (code.isEmpty() && text.isEmpty()) {
      return "";
    }
    String separator = code.isEmpty() || text.isEmpty() ? "" : ": ";
    return " (" + code + separator + text + ")";
  }
}
