package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Chromium without a window, driven through chromedriver by W3C's WebDriver protocol.
public final class Chromium implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration START = Duration.ofMinutes(2);

  /// The name under which W3C's WebDriver hands out elements.
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

  private final Program driver;
  private final String session;

  private Chromium(Program driver, String session) {
    this.driver = driver;
    this.session = session;
  }

  /// Starts the browser, with nothing of an earlier one.
  ///
  /// @param arguments further ones, such as `--host-resolver-rules=…`
  public static Chromium start(Path work, String... arguments) {
    Path chromium = RealParts.program("chromium", "chromium");
    Path chromedriver = RealParts.program("chromedriver", "chromium-driver");
    String address = "http://127.0.0.1:" + FreePort.find();
    var driver =
        Program.start(
            work, chromedriver, "--port=" + address.substring(address.lastIndexOf(':') + 1));
    try {
      Eventually.within(
          START,
          () -> assertThat(Fetch.get(address + "/status").text()).contains("\"ready\":true"));
      var options =
          Map.of(
              "binary",
              chromium.toString(),
              "args",
              with(
                  arguments,
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--force-color-profile=srgb",
                  "--user-data-dir=" + work.resolve("chromium")));
      var capabilities =
          Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
      var created =
          call(
              "POST",
              address + "/session",
              Map.of("capabilities", Map.of("alwaysMatch", capabilities)));
      return new Chromium(driver, address + "/session/" + created.path("sessionId").asString());
    } catch (RuntimeException | AssertionError e) {
      driver.close();
      throw e;
    }
  }

  private static List<String> with(String[] more, String... arguments) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toList();
  }

  public void open(String url) {
    post("/url", Map.of("url", url));
  }

  public String url() {
    return call("GET", session + "/url", null).asString();
  }

  public String title() {
    return call("GET", session + "/title", null).asString();
  }

  /// What a person reads on the page.
  public String text() {
    return call("GET", session + element("body") + "/text", null).asString();
  }

  /// Clicks the first element that a CSS selector finds.
  public void click(String selector) {
    post(element(selector) + "/click", Map.of());
  }

  /// Types into the first element that a CSS selector finds.
  public void type(String selector, String text) {
    post(element(selector) + "/value", Map.of("text", text));
  }

  /// What a script returns.
  public JsonNode run(String script) {
    return post("/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /// Takes the page for one of a screen so wide.
  public void resize(int width, int height) {
    devTools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /// Shows pages in the colours of this scheme, `light` or `dark`.
  public void prefer(String scheme) {
    devTools(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /// Lets the pages opened from now on do what their content security policy forbids.
  public void ignorePolicies() {
    devTools("Page.setBypassCSP", Map.of("enabled", true));
  }

  /// Runs no script of pages from now on.
  public void forbidScripts() {
    devTools("Emulation.setScriptExecutionDisabled", Map.of("value", true));
  }

  /// Runs scripts of pages again.
  public void allowScripts() {
    devTools("Emulation.setScriptExecutionDisabled", Map.of("value", false));
  }

  /// What the screen shows, as PNG.
  public byte[] screenshot() {
    var shot = devTools("Page.captureScreenshot", Map.of());
    return Base64.getDecoder().decode(shot.path("data").asString());
  }

  /// What pages have written to the browser's log, or made it write, since the last call; without
  /// the icon that it looks for by itself.
  public List<String> log() {
    var entries = post("/se/log", Map.of("type", "browser"));
    return StreamSupport.stream(entries.spliterator(), false)
        .map(entry -> entry.path("level").asString() + " " + entry.path("message").asString())
        .filter(line -> !line.contains("/favicon.ico "))
        .toList();
  }

  @Override
  public void close() {
    try (driver) {
      call("DELETE", session, null);
    }
  }

  private String element(String selector) {
    var found = post("/element", Map.of("using", "css selector", "value", selector));
    return "/element/" + found.path(ELEMENT).asString();
  }

  private JsonNode devTools(String command, Map<String, ?> parameters) {
    return post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  private JsonNode post(String path, Map<String, ?> body) {
    return call("POST", session + path, body);
  }

  private static JsonNode call(String method, String url, @Nullable Map<String, ?> body) {
    String json = body == null ? "" : JSON.writeValueAsString(body);
    var reply = Fetch.send(method, url, json, "Content-Type", "application/json");
    assertThat(reply.status()).as("%s %s: %s", method, url, reply.text()).isEqualTo(200);
    return JSON.readTree(reply.text()).path("value");
  }
}
