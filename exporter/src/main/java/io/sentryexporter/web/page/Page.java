package io.sentryexporter.web.page;

import static io.sentryexporter.web.page.Html.attribute;
import static io.sentryexporter.web.page.Html.element;
import static io.sentryexporter.web.page.Html.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sentryexporter.server.Response;
import io.sentryexporter.server.Response.ResponseHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/// A whole page: without scripts, with its style sheet inline and no other resources. It is made of
/// [Html] only, so that everything in it is escaped.
public final class Page {
  private static final String STYLE = resource("page.css");

  /// The icon of the browser's tab.
  private static final String ICON =
      "data:image/svg+xml,"
          + "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
          + "%3Cpath fill='%23e6522c' d='M1 15V9h4v6zM6 15V5h4v10zM11 15V1h4v14z'/%3E%3C/svg%3E";

  /// The style is allowed by its hash, and the icon, which loads nothing; all else that a page
  /// could load or run is forbidden.
  private static final ResponseHeader POLICY =
      policy(
          "style-src 'sha256-"
              + sha256(STYLE)
              + "'; img-src data:; form-action 'self'; base-uri 'none'");

  /// What every answer for people has: it loads nothing, stands in no frame, is kept by nobody, and
  /// its address goes to no other site.
  private static final List<ResponseHeader> GUARDS =
      List.of(
          policy("form-action 'none'; base-uri 'none'"),
          new ResponseHeader("X-Frame-Options", "DENY"), // for browsers without frame-ancestors
          new ResponseHeader("Cross-Origin-Resource-Policy", "same-origin"),
          new ResponseHeader("Referrer-Policy", "no-referrer"),
          new ResponseHeader("Cache-Control", "no-store"));

  private final String html;

  private Page(String html) {
    this.html = html;
  }

  /// A page with this title and this content of `<body>`.
  static Page of(String title, Html... body) {
    var out = new StringBuilder(16 << 10);
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    element("meta", List.of(attribute("charset", "utf-8"))).writeTo(out);
    meta("viewport", "width=device-width, initial-scale=1").writeTo(out);
    meta("color-scheme", "light dark").writeTo(out);
    element("title", text(title)).writeTo(out);
    out.append("<link rel=\"icon\" href=\"").append(ICON).append("\">\n");
    out.append("<style>").append(STYLE).append("</style>\n</head>\n");
    element("body", body).writeTo(out);
    out.append("</html>\n");
    return new Page(out.toString());
  }

  /// The HTML document.
  public String html() {
    return html;
  }

  /// The page as an answer.
  public Response response() {
    return guarded(Response.of(200, "text/html; charset=utf-8", html.getBytes(UTF_8)).with(POLICY));
  }

  /// Returns an answer with the headers that keep a browser from doing more than to show it.
  public static Response guarded(Response response) {
    Response guarded = response;
    for (ResponseHeader guard : GUARDS) {
      if (response.headers().stream().noneMatch(own -> own.name().equals(guard.name()))) {
        guarded = guarded.with(guard);
      }
    }
    return guarded;
  }

  private static ResponseHeader policy(String rules) {
    return new ResponseHeader(
        "Content-Security-Policy", "default-src 'none'; " + rules + "; frame-ancestors 'none'");
  }

  private static Html meta(String name, String content) {
    return element("meta", List.of(attribute("name", name), attribute("content", content)));
  }

  private static String sha256(String text) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (var in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
