package io.sentryexporter.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.model.Lifetime;
import io.sentryexporter.yaml.DurationText;
import java.io.IOException;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `docs/limits.md` repeats the table and the bounds of the code.
class LimitsPageTest {
  private static final Path PAGE = Path.of("docs/limits.md");
  private static final Path SOURCES = Path.of("exporter/src/main/java/io/sentryexporter");
  private static final Pattern ITEM =
      Pattern.compile("\n- .*?: \\*\\*([^*]+)\\*\\*\\. .*\\(`([a-z]\\w*\\.[\\w.]+)`\\)");

  private static final Pattern CONTINUED = Pattern.compile("\n +");

  /// What the code calls a bound.
  private static final Pattern BOUND =
      Pattern.compile(
          "static final (?:int|long|double|Duration|BigDecimal)\\s+"
              + "(\\w*(?:MOST|LONGEST|LARGEST|MAX|SHORTEST|LEAST|DEEPEST"
              + "|LIMIT|PATIENCE)\\w*)\\s*=");

  /// Named like a bound, but none of users' concern, or one without a fixed value.
  private static final Set<String> NOT_LISTED =
      Set.of(
          "app.App.LARGEST_ANSWER_BYTES", // depends on the heap; the page has a sentence
          "time.Deadline.LONGEST_NANOS", // for ever
          "probe.PageMemory.MOST_RENDERINGS"); // depends on the cores; the page has a sentence

  @Test
  void thePageShowsHowLongEachRefusalIsRemembered() throws IOException {
    List<String> rows =
        Arrays.stream(Lifetime.values())
            .map(lifetime ->
                "- **%s**: %s. %s."
                    .formatted(
                        DurationText.of(lifetime.duration()),
                        lifetime.occasion(),
                        lifetime.effect().substring(0, 1).toUpperCase(Locale.ROOT)
                            + lifetime.effect().substring(1)))
            .toList();

    assertThat(page().lines()).containsSubsequence(rows);
  }

  /// The page with each of its items in one line.
  private static String page() throws IOException {
    return CONTINUED.matcher(Files.readString(PAGE)).replaceAll(" ");
  }

  static List<List<String>> rows() throws IOException {
    return ITEM.matcher(page()).results().map(row -> List.of(row.group(2), row.group(1))).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aBoundHasTheValueOfTheCode(List<String> row) throws ReflectiveOperationException {
    assertThat(written(value(row.getFirst()))).contains(row.getLast());
  }

  @Test
  void everyBoundOfTheCodeIsOnThePage() throws IOException {
    var bounds = new TreeSet<String>();
    try (var files = Files.walk(SOURCES)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
        String name = SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
        if (!name.startsWith("simulator.")) {
          BOUND
              .matcher(Files.readString(file))
              .results()
              .map((MatchResult found) -> name + "." + found.group(1))
              .forEach(bounds::add);
        }
      }
    }
    bounds.removeAll(NOT_LISTED);

    assertThat(bounds).hasSizeGreaterThan(50);
    assertThat(rows().stream().map(List::getFirst)).containsAll(bounds).doesNotHaveDuplicates();
  }

  /// The value of a constant, or of a component of a record that a constant is.
  private static Object value(String path) throws ReflectiveOperationException {
    String[] names = path.split("\\.", -1);
    int type = 0;
    while (!Character.isUpperCase(names[type].charAt(0))) {
      type++;
    }
    String owner = String.join(".", Arrays.copyOf(names, type + 1));
    Object value = constant(Class.forName("io.sentryexporter." + owner), names[type + 1]);
    for (int i = type + 2; i < names.length; i++) {
      var component = value.getClass().getDeclaredMethod(names[i]);
      component.setAccessible(true);
      value = component.invoke(value);
    }
    return value;
  }

  private static Object constant(Class<?> owner, String name) throws ReflectiveOperationException {
    Field field = field(owner, name);
    field.setAccessible(true);
    return field.get(null);
  }

  /// A constant of a class or of one nested in it.
  private static Field field(Class<?> owner, String name) {
    return Stream.concat(Stream.of(owner), Stream.of(owner.getDeclaredClasses()))
        .flatMap(type -> Stream.of(type.getDeclaredFields()))
        .filter(field -> field.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + owner.getName()));
  }

  /// The ways to write a value on the page.
  private static Set<String> written(Object value) {
    return switch (value) {
      case Duration time -> Set.of(DurationText.of(time));
      case Integer number -> ofNumber(number);
      case Long number -> ofNumber(number);
      case BigDecimal number -> ofNumber(number.longValueExact());
      case Double share -> Set.of(Math.round(share * 100) + " %");
      default -> throw new IllegalArgumentException(value.getClass().getName());
    };
  }

  private static Set<String> ofNumber(long number) {
    var ways = new LinkedHashSet<String>();
    ways.add(String.format(Locale.ROOT, "%,d", number));
    if (number % (1 << 20) == 0) {
      ways.add((number >> 20) + " MiB");
    } else if (number % (1 << 10) == 0) {
      ways.add((number >> 10) + " KiB");
    }
    return ways;
  }
}
