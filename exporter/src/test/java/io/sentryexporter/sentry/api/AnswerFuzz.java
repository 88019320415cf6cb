package io.sentryexporter.sentry.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sentryexporter.fuzz.Sound;
import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.http.Origin;
import io.sentryexporter.sentry.api.Issues.Syntax;
import io.sentryexporter.sentry.model.Counting;
import io.sentryexporter.sentry.model.Counting.Epoch;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.sentry.model.Totals;
import io.sentryexporter.text.Secret;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.wire.Headers;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Any answer to each request of the API: a value in which nothing that counts is negative, or the
/// declared exception, whose message quotes nothing of the answer; and no request leaves the
/// server.
///
/// The first line is the number of the request, then come headers, an empty line, and bodies that
/// answer one request after the other, with `\n===\n` between them.
public final class AnswerFuzz {
  private static final String NOW = "2026-11-22T10:17:33Z";
  private static final URI SERVER = URI.create("https://sentry.example:8443/below");
  private static final Counting BY_MONTH = Counting.refreshedEach(Duration.ZERO, Epoch.MONTH);
  private static final Duration DAY = Duration.ofDays(1);
  private static final SecretRedactor REDACTOR =
      SecretRedactor.ofHeaders(List.of(new Secret("Bearer " + Sound.CANARY)));

  /// Several times the pages that are read at most.
  private static final int MOST_REQUESTS = 5_000;

  /// Every request that there is; a number in the corpus is a place here.
  static final List<ApiRequest<?>> REQUESTS =
      List.of(
          new Projects("acme"),
          new Projects.ProjectPage("acme", "web"),
          new Outcomes.ByProject("acme", BY_MONTH),
          new Outcomes.ByReason("acme", BY_MONTH),
          new Outcomes.OfClosedHour("acme"),
          new Outcomes.Accepted("acme", Instant.parse("2026-11-15T00:00:00Z")),
          new ProjectStats("acme", "web", 2, BY_MONTH),
          new Sessions.Counters("acme", BY_MONTH),
          new Sessions.Health("acme", DAY, true),
          new Sessions.HealthByRelease("acme", DAY, true),
          new Releases("acme"),
          new Issues.Matching("acme", new Issues.Search(List.of(), "is:unresolved", Syntax.COMMON)),
          new Issues.KnownSyntax("acme"),
          new Issues.Noisiest("acme", null, "", DAY, 10),
          new Monitors("acme"),
          new UptimeMonitors("acme"),
          new ClientKeys("acme"),
          new Events(
              "acme",
              null,
              new Events.Search("errors", "", "count()", List.of("project", "level"), DAY, 20)),
          new MemberOrganizations(),
          new MemberOrganizations.OrganizationPage("acme"),
          new ServiceInfo.CallerRequest(),
          new ServiceInfo.ServerRequest());

  private AnswerFuzz() {}

  public static void check(byte[] input) throws InterruptedException {
    var text = new String(input, ISO_8859_1);
    int line = text.indexOf('\n');
    int head = text.indexOf("\n\n", Math.max(0, line));
    if (line < 0 || head < 0) {
      return;
    }
    ApiRequest<?> request = REQUESTS.get(number(text.substring(0, line)) % REQUESTS.size());
    Headers headers = headers(text.substring(line, head));
    var answers = new ArrayList<HttpAnswer>();
    for (String body : text.substring(head + 2).split("\n===\n", 50)) {
      byte[] bytes = body.getBytes(ISO_8859_1);
      answers.add(new HttpAnswer(200, headers, bytes, bytes.length));
    }
    var sentry = new RecordedSentry(NOW, 4, new InTurn(answers));
    try {
      assertSound(request.fetch(sentry));
    } catch (SentryException e) {
      Sound.assertMessage(e.getMessage());
    }
    sentry.dropped().forEach(Sound::assertMessage);
    assertThat(sentry.requests().size()).isLessThan(MOST_REQUESTS);
    sentry.requests().forEach(AnswerFuzz::assertOfTheServer);
    answers.forEach(AnswerFuzz::assertErrorIsSound);
  }

  private static int number(String text) {
    return text.chars()
        .map(c -> c - '0')
        .reduce(0, (n, digit) -> Math.abs(10 * n + digit) % 10_000);
  }

  private static Headers headers(String lines) {
    var fields = new ArrayList<Map.Entry<String, String>>();
    fields.add(Map.entry("Content-Type", "application/json"));
    for (String line : lines.split("\n", 100)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
      }
    }
    return Headers.of(fields);
  }

  /// The answers in turn, from the beginning again after the last.
  private static final class InTurn implements RecordedSentry.Answering {
    private final List<HttpAnswer> answers;
    private int next;

    private InTurn(List<HttpAnswer> answers) {
      this.answers = answers;
    }

    @Override
    public HttpAnswer answer(ApiGet request) {
      return answers.get(next++ % answers.size());
    }
  }

  /// Asserts that no number in a value, however deep, is negative or none; but a row of a search of
  /// the user's own has any finite one.
  private static void assertSound(@Nullable Object value) {
    switch (value) {
      case null -> {}
      case Events.Row row -> assertThat(row.value()).isFinite();
      case Number number -> assertThat(number.doubleValue()).isBetween(0.0, 0x1p63);
      case Collection<?> all -> all.forEach(AnswerFuzz::assertSound);
      case Map<?, ?> map -> {
        assertSound(map.keySet());
        assertSound(map.values());
      }
      case Totals totals -> {
        assertThat(totals.start()).isBeforeOrEqualTo(totals.end());
        assertSound(totals.byProject());
        assertSound(sums(totals));
      }
      case Record fields -> {
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
          assertSound(read(component, fields));
        }
      }
      default -> {}
    }
  }

  /// Empty where they are beyond 64 bits.
  private static Map<String, Long> sums(Totals totals) {
    try {
      return totals.byCategory();
    } catch (SentryException e) {
      assertThat(e.reason()).isEqualTo(Reason.PARSE);
      return Map.of();
    }
  }

  private static @Nullable Object read(RecordComponent component, Object of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertOfTheServer(ApiGet request) {
    URI address = request.address(SERVER);
    assertThat(Origin.of(address)).isEqualTo(Origin.of(SERVER));
    assertThat(address.getRawPath()).startsWith("/below/api/");
    assertThat(address.normalize()).isEqualTo(address);
    assertThat(address.getRawFragment()).isNull();
  }

  /// The same body as that of an error.
  private static void assertErrorIsSound(HttpAnswer answer) {
    var detail = ErrorDetail.of(answer, REDACTOR);
    String shown = detail.inBrackets();
    if (!shown.isEmpty()) {
      Sound.assertMessage(shown);
      assertThat(shown.length()).isLessThan(420);
    }
    assertThat(detail.isJson() || shown.isEmpty()).isTrue();
  }

  /// Requests that the exporter sends and this class does not answer.
  public static Set<String> typesThatHaveNoNumber() {
    var types =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.sentryexporter")
                .stream()
                .filter(type -> type.isAssignableTo(ApiRequest.class) && !type.isInterface())
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    REQUESTS.forEach(request -> types.remove(request.getClass().getName()));
    return types;
  }
}
