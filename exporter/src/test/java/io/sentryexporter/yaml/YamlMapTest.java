package io.sentryexporter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlMapTest {
  private static final Key<String> QUERY =
      Key.string("query", "Issue search.").byDefault("is:unresolved");
  private static final Key<Integer> MAX_PAGES =
      Key.integer("max_pages", 1, 20, "Pages read at most.").byDefault(3);
  private static final Key<Boolean> FOLLOW = Key.bool("follow", "Whether to follow.");
  private static final Key<List<Duration>> WINDOWS = Key.duration("windows", "Windows.").list();
  private static final Key<String> NEEDED = Key.string("needed", "Needed.").required();
  private static final Key<YamlMap> BELOW = Key.mapping("below", "More.", QUERY, NEEDED);
  private static final Key<List<YamlMap>> ITEMS = Key.mapping("items", "Many.", NEEDED).list();
  private static final Key<Boolean> SWITCH =
      Key.oneOf("switch", "<switch>", "One of two.", List.of(true, false), on -> on ? "on" : "off");
  private static final List<Key<?>> KEYS =
      List.of(QUERY, MAX_PAGES, FOLLOW, WINDOWS, BELOW, ITEMS, SWITCH);

  private final Problems problems = new Problems("x.yml");

  @Test
  void aKeyThatIsThereHasItsValue() {
    var yaml = read("{query: is:ignored, max_pages: 7, follow: true, windows: [1h, 24h]}");

    assertThat(yaml.get(QUERY)).isEqualTo("is:ignored");
    assertThat(yaml.get(MAX_PAGES)).isEqualTo(7);
    assertThat(yaml.get(FOLLOW)).isTrue();
    assertThat(yaml.get(WINDOWS)).containsExactly(Duration.ofHours(1), Duration.ofHours(24));
    assertThat(problems.inOrder()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{query: , max_pages: null, windows: ~, follow: Null}"})
  void aKeyWithoutValueHasItsDefault(String text) {
    var yaml = read(text);

    assertThat(yaml.get(QUERY)).isEqualTo("is:unresolved");
    assertThat(yaml.get(MAX_PAGES)).isEqualTo(3);
    assertThat(yaml.get(FOLLOW)).isFalse();
    assertThat(yaml.get(WINDOWS)).isEmpty();
    assertThat(yaml.lacks(QUERY)).isTrue();
    assertThat(problems.inOrder()).isEmpty();
  }

  @Test
  void aListOfMappingsHasOneForEachItem() {
    var items = read("items: [{needed: a}, {needed: b}]").get(ITEMS);

    assertThat(items).extracting(item -> item.get(NEEDED)).containsExactly("a", "b");
    assertThat(ITEMS.children()).containsExactly(NEEDED);
    assertThat(ITEMS.form()).isEqualTo("[{...}, ...]");
    assertThat(problems.inOrder()).isEmpty();
  }

  @Test
  void whatAnItemLacksIsReportedWithItsNumber() {
    read("items: [{needed: a}, {}]").get(ITEMS).forEach(item -> item.get(NEEDED));

    assertThat(problems.inOrder())
        .singleElement()
        .hasToString("x.yml:1:22: items[1].needed: missing; write it");
  }

  @Test
  void oneOfAFewWordsIsWhatItStandsFor() {
    assertThat(read("switch: off").get(SWITCH)).isFalse();
    assertThat(read("{}").get(SWITCH)).isTrue();
    assertThat(SWITCH.shownDefault()).isEqualTo("on");
    assertThat(problems.inOrder()).isEmpty();
  }

  @Test
  void quotedNothingIsAText() {
    assertThat(read("query: ''").get(QUERY)).isEmpty();
    assertThat(read("query: 'null'").get(QUERY)).isEqualTo("null");
    assertThat(read("query: !!str null").get(QUERY)).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "max_pages: 21    | x.yml:1:12: max_pages: \"21\" is out of range; write 1 to 20",
        "max_pages: 0x5   | x.yml:1:12: max_pages: \"0x5\" is not a whole number; write 1 to 20",
        "max_pages: 1.0   | x.yml:1:12: max_pages: \"1.0\" is not a whole number; write 1 to 20",
        "max_pages: '5'   | x.yml:1:12: max_pages: \"5\" is a text; write the number without"
            + " quotes",
        "follow: yes      | x.yml:1:9: follow: \"yes\" is not a boolean; write true or false",
        "windows: [1h, 5] | x.yml:1:15: windows[1]: \"5\" has no unit; write 5s",
        "windows: 1h      | x.yml:1:10: windows: a single value stands here; write a list:"
            + " [<duration>, ...]",
        "below: {}        | x.yml:1:8: below.needed: missing; write it",
        "below: {needed: }| x.yml:1:16: below.needed: without a value; write one",
        "below: 5         | x.yml:1:8: below: a single value stands here; write a mapping: its keys"
            + " on lines of their own, indented",
        "items: {needed: 5}| x.yml:1:8: items: a mapping stands here; write a list: [{...}, ...]",
        "items: [5]       | x.yml:1:9: items[0]: a single value stands here; write a mapping: its"
            + " keys on lines of their own, indented",
        "items: [~]       | x.yml:1:9: items[0]: an item without a value; write {...} or remove it",
        "items: [{other: 5}]| x.yml:1:10: items[0].other: unknown key; known here: needed",
        "switch: maybe    | x.yml:1:9: switch: \"maybe\" is not known here; write on or off",
        "max-pages: 5     | x.yml:1:1: max-pages: unknown key; did you mean \"max_pages\"?",
        "MaxPages: 5      | x.yml:1:1: MaxPages: unknown key; did you mean \"max_pages\"?",
        "qurey: x         | x.yml:1:1: qurey: unknown key; did you mean \"query\"?",
        "needed: x        | x.yml:1:1: needed: unknown key; indent it below \"below:\"",
        "zebra: x         | x.yml:1:1: zebra: unknown key; known here: below, follow, items,"
            + " max_pages, query, switch, windows",
        "'a\"b\u200b': x  | x.yml:1:1: \"a\\\"b\\u200b\": unknown key; known here: below, follow,"
            + " items, max_pages, query, switch, windows",
      })
  void whatIsWrongIsReportedWithPlaceAndRemedy(String text, String message) {
    var yaml = read(text);
    KEYS.stream().filter(key -> !yaml.lacks(key)).forEach(yaml::get);
    if (!yaml.lacks(BELOW)) {
      yaml.get(BELOW).get(NEEDED);
    }

    assertThat(problems.inOrder()).singleElement().hasToString(message);
  }

  @Test
  void ofAMappingThatCannotBeReadNothingMoreIsReported() {
    var below = read("below: text").get(BELOW);
    below.get(NEEDED);
    below.location(QUERY).warn("heard by nobody");

    assertThat(problems.inOrder()).hasSize(1);
  }

  @Test
  void problemsComeInTheOrderOfTheFile() {
    var yaml = read("max_pages: 99\nunknown: x\nfollow: 99");
    yaml.get(FOLLOW);
    yaml.get(MAX_PAGES);

    assertThat(problems.inOrder()).extracting(Problem::line).containsExactly(1, 2, 3);
    assertThat(problems.hasErrors()).isTrue();
  }

  @Test
  void aLongTextIsNotQuoted() {
    read("max_pages: 0123456789012345678901234x").get(MAX_PAGES);

    assertThat(problems.inOrder())
        .singleElement()
        .extracting(Problem::text)
        .isEqualTo("a text of 26 characters is not a whole number; write 1 to 20");
  }

  @Test
  void mergesDoNotReplaceWhatIsWritten() {
    var yaml =
        read(
            """
            below: &one {needed: 1, query: 1}
            <<: [{query: first, follow: true}, {query: second, max_pages: 5}]
            follow: false
            """);

    assertThat(yaml.get(QUERY)).isEqualTo("first");
    assertThat(yaml.get(FOLLOW)).isFalse();
    assertThat(yaml.get(MAX_PAGES)).isEqualTo(5);
    assertThat(problems.inOrder()).isEmpty();
  }

  @Test
  void aliasesAreBounded() {
    read("query: &a x\nwindows: [" + "*a,".repeat(1_001) + "]");

    assertThat(problems.inOrder())
        .singleElement()
        .asString()
        .contains("more than 1000 aliases; write less with *");
  }

  @Test
  void mergesAreBounded() {
    var keys =
        IntStream.range(0, 600).mapToObj(i -> "k" + i + ": x").collect(Collectors.joining(","));
    YamlFile.read("a: &a {" + keys + "}\nb: {<<: [" + "*a,".repeat(20) + "]}", List.of(), problems);

    assertThat(problems.inOrder())
        .filteredOn(problem -> problem.text().contains("merges copy more than"))
        .hasSize(1);
  }

  @Test
  void depthIsBounded() {
    read("[".repeat(100_000));

    assertThat(problems.inOrder())
        .singleElement()
        .asString()
        .isEqualTo("x.yml:1:65: nested deeper than 64 levels; no key is nested that deep");
  }

  @Test
  void after100ProblemsALastOneReportsThatThereAreMore() {
    read(IntStream.range(0, 5_000).mapToObj(i -> "k" + i + ": x\n").collect(Collectors.joining()));

    assertThat(problems.inOrder()).hasSize(101);
    assertThat(problems.inOrder().get(99).line()).isEqualTo(100);
    assertThat(problems.inOrder().getLast())
        .hasToString("x.yml: … and more; fix these first")
        .matches(Problem::isError);
  }

  @Test
  void exactly100ProblemsAreAllThereAre() {
    read(IntStream.range(0, 100).mapToObj(i -> "k" + i + ": x\n").collect(Collectors.joining()));

    assertThat(problems.inOrder())
        .hasSize(100)
        .allMatch(problem -> problem.text().startsWith("unknown key"));
  }

  @Test
  void anErrorBehindManyWarningsIsReported() {
    for (int i = 1; i <= 500; i++) {
      new Location(problems, new Location.Position(i, 1), "").warn("doubtful");
    }
    assertThat(problems.hasErrors()).isFalse();
    assertThat(problems.inOrder()).hasSize(101).noneMatch(Problem::isError);

    new Location(problems, new Location.Position(501, 1), "").error("wrong");

    assertThat(problems.hasErrors()).isTrue();
    assertThat(problems.inOrder()).hasSize(101).anyMatch(problem -> problem.line() == 501);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "windows: [%s]|x,",
        "%s|query: x\n",
        "%s|? \n",
        "%s|k: \n",
        "windows: [%s]|[],",
      })
  void aFileWithTooManyKeysAndValuesIsOneProblem(String form) {
    String[] parts = form.split("\\|", -1);
    var map = read(parts[0].formatted(parts[1].repeat(209_000)));

    assertThat(problems.inOrder())
        .singleElement()
        .asString()
        .contains("more than 100000 keys and values up to here");
    assertThat(map.entries()).isEmpty();
  }

  @Test
  void whatAliasesRepeatCountsEachTime() {
    read("query: &a [" + "x,".repeat(1_000) + "]\nwindows: [" + "*a,".repeat(500) + "]");

    assertThat(problems.inOrder())
        .anyMatch(problem -> problem.text().contains("more than 100000 keys and values"));
  }

  @Test
  void anAliasInsideItsOwnAnchorIsUnknown() {
    read("query: &a [*a]");

    assertThat(problems.inOrder()).singleElement().asString().contains("no anchor above");
  }

  @Test
  void aKeyShowsItsDefaultAsItWouldBeWritten() {
    assertThat(QUERY.shownDefault()).isEqualTo("is:unresolved");
    assertThat(MAX_PAGES.shownDefault()).isEqualTo("3");
    assertThat(FOLLOW.shownDefault()).isEqualTo("false");
    assertThat(WINDOWS.shownDefault()).isEqualTo("[]");
    assertThat(Key.duration("x", "").shownDefault()).isEqualTo("0s");
    assertThat(BELOW.shownDefault()).isEmpty();
    assertThat(NEEDED.shownDefault()).isEmpty();
  }

  private YamlMap read(String text) {
    return YamlFile.read(text, KEYS, problems);
  }
}
