package io.sentryexporter.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.server.BcryptHash.NoHashException;
import io.sentryexporter.server.RawClient.Answer;
import io.sentryexporter.server.Response.ResponseHeader;
import io.sentryexporter.server.WebConfig.RateLimit;
import io.sentryexporter.simulator.TestClock;
import io.sentryexporter.testing.LogCapture;
import io.sentryexporter.testing.TestTime;
import io.sentryexporter.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users, headers and rate limit over real sockets.
class AccessControlTest extends ListeningTest {
  private static final Map<String, BcryptHash> USERS =
      Map.of(
          "alice",
          hash("$2b$04$abcdefghijklmnopqrstuuCiRP6uwuebOgMsb3sB1n0pjVVBf0O3K"),
          "bob",
          hash("$2y$04$ZYXWVUTSRQPONMLKJIHGFepU8f2gi7d.ZVdww2EFFI7VsCIuUHQim"),
          "müller",
          hash("$2a$05$./ABCDEFGHIJKLMNOPQRSuh3HvWVCkJuvQ2kY3TyyDz7oa7XbdsoC"));

  private final TestClock clock = TestClock.at("2026-11-29T10:00:00Z");

  @AutoClose private final TimeSource time = new TestTime(clock, (_, _) -> {});

  private final AtomicReference<WebConfig> config =
      new AtomicReference<>(new WebConfig(null, USERS, List.of(), null));
  private final AccessControl access = new AccessControl(config::get, time);

  @Test
  void aUserWithTheRightPasswordIsAnswered() throws Exception {
    assertThat(login("alice", "alice123").body()).isEqualTo("GET /metrics");
    assertThat(login("müller", "grüße").code()).isEqualTo(200);
  }

  @Test
  void anyoneElseGets401WithAChallenge() throws Exception {
    var answers =
        List.of(
            get(),
            login("alice", "alice1234"),
            login("alice", ""),
            login("Alice", "alice123"),
            login("nobody", "alice123"),
            login("", ""),
            get("Authorization: Basic"),
            get("Authorization: Basic ????"),
            get("Authorization: Basic " + base64("alice")),
            get("Authorization: Bearer " + base64("alice:alice123")));

    assertThat(answers)
        .allSatisfy(answer -> {
          assertThat(answer.code()).isEqualTo(401);
          assertThat(answer.has("WWW-Authenticate: Basic")).isTrue();
          assertThat(answer.body()).isEqualTo("Unauthorized\n");
        });
    assertThat(seen).isEmpty();
  }

  @Test
  void theNameOfTheSchemeMayBeInAnyCase() throws Exception {
    assertThat(get("Authorization: bASIC  " + base64("alice:alice123")).code()).isEqualTo(200);
  }

  /// The toolkit hashes a fixed password for unknown users, which must not let them in.
  @Test
  void noPasswordLetsAnUnknownUserIn() throws Exception {
    for (String password : List.of("fakepassword", "alice123", "", "x")) {
      assertThat(login("fakeuser", password).code()).isEqualTo(401);
      assertThat(login("fakeuser", password).code()).as("remembered").isEqualTo(401);
    }
  }

  /// CVE-2022-46146: user, hash and password in a row were the key of the toolkit's cache.
  @Test
  void whatIsRememberedOfOneUserIsNotTakenForAnother() throws Exception {
    String hash = "$2b$04$abcdefghijklmnopqrstuuCiRP6uwuebOgMsb3sB1n0pjVVBf0O3K";
    login("alice" + hash, "alice123");
    assertThat(login("alice", hash + "alice123").code()).isEqualTo(401);
    login("alice", "alice123");
    assertThat(login("alicea", "lice123").code()).isEqualTo(401);
    assertThat(login("", "alicealice123").code()).isEqualTo(401);
    assertThat(login("alice" + hash, "alice123").code()).isEqualTo(401);
    assertThat(seen).hasSize(1);
  }

  /// CVE-2022-46146: without it the time shows who is a user.
  @Test
  void anUnknownUserCostsTheSameCheckAsAWrongPassword() throws Exception {
    login("alice", "wrong");
    assertThat(access.checkedPasswords()).isEqualTo(1);
    login("nobody", "wrong");
    assertThat(access.checkedPasswords()).isEqualTo(2);
    get("Authorization: Basic " + base64("no colon"));
    assertThat(access.checkedPasswords()).as("no login at all").isEqualTo(2);
  }

  @Test
  void aPasswordIsCheckedOnceAndAgainWhenItsHashChanges() throws Exception {
    for (int i = 0; i < 5; i++) {
      login("alice", "alice123");
      login("alice", "wrong");
    }
    assertThat(access.checkedPasswords()).isEqualTo(2);

    config.set(
        new WebConfig(
            null,
            Map.of("alice", hash("$2y$04$ZYXWVUTSRQPONMLKJIHGFepU8f2gi7d.ZVdww2EFFI7VsCIuUHQim")),
            List.of(),
            null));
    assertThat(login("alice", "alice123").code()).isEqualTo(401);
    assertThat(login("alice", "bob456").code()).isEqualTo(200);
    config.set(
        new WebConfig(
            null,
            Map.of("bob", hash("$2y$04$ZYXWVUTSRQPONMLKJIHGFepU8f2gi7d.ZVdww2EFFI7VsCIuUHQim")),
            List.of(),
            null));
    assertThat(login("alice", "bob456").code()).as("no user any more").isEqualTo(401);
  }

  @Test
  void aFloodOfGuessesCostsBoundedChecksAndDoesNotDelayWhoHasLoggedIn() throws Exception {
    config.set(
        new WebConfig(
            null,
            Map.of("alice", hash("$2b$09$abcdefghijklmnopqrstuu0cHrTtVRPOAQ51uDhauCIv7994roDR6")),
            List.of(),
            null));
    assertThat(login("alice", "alice123").code()).isEqualTo(200);
    var guesses = new ArrayList<Future<Answer>>();
    for (int i = 0; i < 200; i++) {
      String password = "guess" + i;
      guesses.add(threads.submit(() -> login("alice", password)));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(login("alice", "alice123").code()).isEqualTo(200);
    }
    int refused = 0;
    for (var guess : guesses) {
      var answer = guess.get(60, SECONDS);
      assertThat(answer.code()).isIn(401, 429);
      refused += answer.code() == 429 ? 1 : 0;
      assertThat(answer.code() == 401 || answer.has("Retry-After: 1")).isTrue();
    }
    assertThat(access.checkedPasswords())
        .as("one for each guess that got 401, and the first login")
        .isEqualTo(201 - refused);
    assertThat(seen).hasSize(51);
  }

  @Test
  void aKindOfRefusalIsLoggedOnceWithoutUserAndPassword() throws Exception {
    var log = LogCapture.of(AccessControl.class);

    for (int i = 0; i < 3; i++) {
      login("CANARY", "CANARY" + i);
      get();
    }

    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARN request refused")
        .contains("reason=wrong user or password")
        .doesNotContain("CANARY");
  }

  @Test
  void withoutUsersEveryoneIsAnswered() throws Exception {
    config.set(new WebConfig(null, Map.of(), List.of(), null));
    assertThat(get().code()).isEqualTo(200);
    assertThat(get("Authorization: Basic ????").code()).isEqualTo(200);
  }

  @Test
  void headersAreAddedToEveryAnswerInPlaceOfOthers() throws Exception {
    var headers =
        List.of(
            new ResponseHeader("Strict-Transport-Security", "max-age=31536000"),
            new ResponseHeader("content-type", "text/html"));
    config.set(new WebConfig(null, USERS, headers, null));

    for (var answer : List.of(get(), login("alice", "alice123"))) {
      assertThat(answer.has("Strict-Transport-Security: max-age=31536000")).isTrue();
      assertThat(answer.headers())
          .filteredOn(
              header -> header.toLowerCase(java.util.Locale.ROOT).startsWith("content-type"))
          .containsExactly("content-type: text/html");
    }
  }

  @Test
  void requestsBeyondTheRateAre429BeforeTheirUserIsLookedAt() throws Exception {
    config.set(new WebConfig(null, USERS, List.of(), new RateLimit(Duration.ofSeconds(10), 3)));

    assertThat(codes(4)).containsExactly(401, 401, 401, 429);
    var refused = login("alice", "alice123");
    assertThat(refused.code()).isEqualTo(429);
    assertThat(refused.body()).isEqualTo("Too Many Requests\n");
    assertThat(refused.has("Retry-After: 10")).isTrue();
    assertThat(access.checkedPasswords()).isZero();

    clock.advance(Duration.ofSeconds(9));
    assertThat(get().has("Retry-After: 1")).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(codes(2)).containsExactly(401, 429);
    clock.advance(Duration.ofSeconds(25));
    assertThat(codes(3)).containsExactly(401, 401, 429);
    clock.advance(Duration.ofSeconds(5));
    assertThat(codes(2)).as("halves count").containsExactly(401, 429);
    clock.advance(Duration.ofDays(1));
    assertThat(codes(4)).as("no more than the burst").containsExactly(401, 401, 401, 429);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void aNewRateCountsFromNow(int burst) throws Exception {
    config.set(new WebConfig(null, Map.of(), List.of(), new RateLimit(Duration.ofDays(1), 1)));
    assertThat(codes(2)).containsExactly(200, 429);

    config.set(new WebConfig(null, Map.of(), List.of(), new RateLimit(Duration.ofHours(1), burst)));
    assertThat(codes(burst)).containsOnly(200);
    assertThat(codes(1)).containsExactly(429);
    config.set(new WebConfig(null, Map.of(), List.of(), null));
    assertThat(codes(10)).containsOnly(200);
  }

  private List<Integer> codes(int requests) throws Exception {
    var codes = new ArrayList<Integer>();
    for (int i = 0; i < requests; i++) {
      codes.add(get().code());
    }
    return codes;
  }

  private Answer login(String user, String password) throws Exception {
    return get("Authorization: Basic " + base64(user + ":" + password));
  }

  private synchronized Listener listener() throws Exception {
    if (opened.isEmpty()) {
      listen(limits(300, LIMITS.timeouts()), access.before(this::echo));
    }
    return (Listener) opened.getFirst();
  }

  private Answer get(String... headers) throws Exception {
    try (var client = new RawClient(listener().localAddress())) {
      var lines = new ArrayList<>(List.of("GET /metrics HTTP/1.1", "Host: x"));
      lines.addAll(List.of(headers));
      return client.send(head(lines.toArray(String[]::new))).answer();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static BcryptHash hash(String text) {
    try {
      return BcryptHash.parse(text);
    } catch (NoHashException e) {
      throw new AssertionError(e);
    }
  }
}
