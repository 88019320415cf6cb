package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Issue;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// The issues a search finds. It refuses what the simulation does not know, where Sentry would take
/// an unknown key for a tag and find nothing.
final class IssueSearch {
  private static final Set<String> STATUSES = Set.of("unresolved", "resolved", "ignored");
  private static final Set<String> SUBSTATUSES =
      Set.of("new", "ongoing", "escalating", "regressed", "archived_until_escalating");

  private IssueSearch() {}

  static Predicate<Issue> parse(String search, long now) throws Refused {
    Predicate<Issue> all = _ -> true;
    for (var word : SearchWord.parse(search)) {
      all = all.and(condition(word, now));
    }
    return all;
  }

  private static Predicate<Issue> condition(SearchWord word, long now) throws Refused {
    return switch (word.key()) {
      case "" -> issue -> issue.title().contains(word.value()) != word.negated();
      case "is" -> is(word);
      case "level" -> issue -> word.accepts(issue.level());
      case "project" -> issue -> word.accepts(issue.project().slug());
      case "issue.type" -> _ -> word.accepts("error");
      case "issue.category" -> _ -> word.accepts("error");
      case "firstSeen" -> time(word, now, Issue::firstSeen);
      case "lastSeen" -> time(word, now, Issue::lastSeen);
      default -> throw SearchWord.refused("unknown key " + word.key());
    };
  }

  private static Predicate<Issue> is(SearchWord word) throws Refused {
    for (var value : word.values()) {
      switch (value) {
        case "archived", "unassigned", "assigned" -> {}
        default -> {
          if (!STATUSES.contains(value) && !SUBSTATUSES.contains(value)) {
            throw SearchWord.refused("invalid status value of '" + value + "'");
          }
        }
      }
    }
    return issue -> word.values().stream().anyMatch(value -> is(issue, value)) != word.negated();
  }

  private static boolean is(Issue issue, String value) {
    return switch (value) {
      case "unassigned" -> true;
      case "assigned" -> false;
      case "archived" -> issue.status().equals("ignored");
      default -> value.equals(issue.status()) || value.equals(issue.substatus());
    };
  }

  /// `-1h` is within the last hour, `+1h` before that; `>` and `<` compare with a date.
  private static Predicate<Issue> time(SearchWord word, long now, ToLongFunction<Issue> field)
      throws Refused {
    var text = word.value();
    if (text.isEmpty()) {
      throw SearchWord.refused("empty date for " + word.key());
    }
    var rest = text.substring(1);
    var seconds = TimeRange.period(rest);
    if (List.of("-", "+").contains(text.substring(0, 1)) && seconds != null) {
      var since = now - seconds;
      return text.startsWith("-")
          ? issue -> field.applyAsLong(issue) >= since
          : issue -> field.applyAsLong(issue) <= since;
    }
    return switch (text.charAt(0)) {
      case '>' -> after(field, TimeRange.time(rest.replace("=", "")));
      case '<' -> after(field, TimeRange.time(rest.replace("=", ""))).negate();
      default -> throw SearchWord.refused("invalid date " + text + " for " + word.key());
    };
  }

  private static Predicate<Issue> after(ToLongFunction<Issue> field, long time) {
    return issue -> field.applyAsLong(issue) >= time;
  }
}
