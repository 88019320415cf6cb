package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.Category;
import io.sentryexporter.simulator.world.Flow;
import io.sentryexporter.simulator.world.Outcome;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The parameters of a call of `stats_v2`, checked in Sentry's order and with its complaints.
///
/// @param categories empty for all; likewise `outcomes` and `reasons`
record StatsV2Query(
    TimeRange range,
    Set<Field> fields,
    Set<Dimension> groupBy,
    Set<Category> categories,
    Set<Outcome> outcomes,
    List<String> reasons,
    List<SimulatedProject> projects) {

  /// What is summed up.
  enum Field {
    QUANTITY("sum(quantity)"),
    TIMES_SEEN("sum(times_seen)");

    final String label;

    Field(String label) {
      this.label = label;
    }
  }

  /// What groups are formed by.
  enum Dimension {
    PROJECT,
    OUTCOME,
    CATEGORY,
    REASON
  }

  static StatsV2Query read(Call call) throws Refused {
    var query = call.query();
    if (!query.has("field")) {
      throw Refused.badRequest("At least one \"field\" is required.");
    }
    var range = TimeRange.read(query, call.now());
    var fields = fields(query);
    var groupBy = groupBy(query);
    if (!query.has("category") && !groupBy.contains(Dimension.CATEGORY)) {
      throw Refused.badRequest("Query must have category as groupby or filter");
    }
    return new StatsV2Query(
        range,
        fields,
        groupBy,
        categories(query),
        outcomes(query),
        query.all("reason"),
        ProjectFilter.read(call, groupBy.contains(Dimension.PROJECT)));
  }

  boolean hasSeries() {
    return !groupBy.contains(Dimension.PROJECT);
  }

  boolean wants(Flow.Kind kind) {
    return (categories.isEmpty() || categories.contains(kind.category()))
        && (outcomes.isEmpty() || outcomes.contains(kind.outcome()))
        && (reasons.isEmpty() || reasons.contains(kind.reason()));
  }

  private static Set<Field> fields(Query query) throws Refused {
    var fields = EnumSet.noneOf(Field.class);
    for (var name : query.all("field")) {
      switch (name) {
        case "sum(quantity)" -> fields.add(Field.QUANTITY);
        case "sum(times_seen)" -> fields.add(Field.TIMES_SEEN);
        default -> throw Refused.badRequest("Invalid field: \"" + name + "\"");
      }
    }
    return fields;
  }

  private static Set<Dimension> groupBy(Query query) throws Refused {
    var dimensions = EnumSet.noneOf(Dimension.class);
    for (var name : query.all("groupBy")) {
      switch (name) {
        case "project" -> dimensions.add(Dimension.PROJECT);
        case "outcome" -> dimensions.add(Dimension.OUTCOME);
        case "category" -> dimensions.add(Dimension.CATEGORY);
        case "reason" -> dimensions.add(Dimension.REASON);
        default -> throw Refused.badRequest("Invalid groupBy: \"" + name + "\"");
      }
    }
    return dimensions;
  }

  private static Set<Category> categories(Query query) throws Refused {
    var categories = EnumSet.noneOf(Category.class);
    for (var label : query.all("category")) {
      var category = Category.parse(label);
      if (category == null) {
        throw Refused.badRequest("Invalid category: \"" + label + "\"");
      }
      categories.add(category);
      if (category == Category.ERROR) {
        categories.addAll(List.of(Category.DEFAULT, Category.SECURITY));
      }
    }
    if (categories.contains(Category.ATTACHMENT) && categories.size() > 1) {
      throw Refused.badRequest("if filtering by attachment no other category may be present");
    }
    return categories;
  }

  private static Set<Outcome> outcomes(Query query) throws Refused {
    var outcomes = EnumSet.noneOf(Outcome.class);
    for (var label : query.all("outcome")) {
      var outcome = Outcome.parse(label);
      if (outcome == null) {
        throw Refused.badRequest("Invalid outcome: \"" + label + "\"");
      }
      outcomes.add(outcome);
    }
    return outcomes;
  }
}
