package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parameters of a call of `sessions`, checked with Sentry's complaints.
///
/// @param environments empty for all
/// @param release null for all
record SessionsQuery(
    TimeRange range,
    boolean hasSeries,
    boolean hasTotals,
    List<Field> fields,
    Set<Dimension> groupBy,
    Set<String> environments,
    @Nullable String release,
    List<SimulatedProject> projects) {

  /// A value returned for each group.
  enum Field {
    SESSIONS("sum(session)"),
    USERS("count_unique(user)"),
    CRASH_RATE("crash_rate(session)"),
    USER_CRASH_RATE("crash_rate(user)"),
    CRASH_FREE_RATE("crash_free_rate(session)"),
    USER_CRASH_FREE_RATE("crash_free_rate(user)");

    final String label;

    Field(String label) {
      this.label = label;
    }

    boolean isRate() {
      return this != SESSIONS && this != USERS;
    }
  }

  /// What groups are formed by.
  enum Dimension {
    PROJECT,
    RELEASE,
    ENVIRONMENT,
    STATUS
  }

  static SessionsQuery read(Call call) throws Refused {
    var query = call.query();
    var range = TimeRange.read(query, call.now());
    var fields = fields(query);
    var groupBy = groupBy(query);
    if (groupBy.contains(Dimension.STATUS) && fields.stream().anyMatch(Field::isRate)) {
      throw Refused.badRequest("Cannot group crash rates by session.status");
    }
    return new SessionsQuery(
        range,
        !"0".equals(query.last("includeSeries")),
        !"0".equals(query.last("includeTotals")),
        fields,
        groupBy,
        Set.copyOf(query.all("environment")),
        release(query.last("query")),
        ProjectFilter.read(call, true));
  }

  boolean groupsBy(Dimension dimension) {
    return groupBy.contains(dimension);
  }

  boolean wants(String environment) {
    return environments.isEmpty() || environments.contains(environment);
  }

  private static List<Field> fields(Query query) throws Refused {
    var fields = new ArrayList<Field>();
    for (var name : query.all("field")) {
      var found = fields.size();
      for (var field : Field.values()) {
        if (field.label.equals(name)) {
          fields.add(field);
        }
      }
      if (fields.size() == found) {
        throw Refused.badRequest("Invalid field: \"" + name + "\"");
      }
    }
    if (fields.isEmpty()) {
      throw Refused.badRequest("Request is missing a \"field\"");
    }
    return fields;
  }

  private static Set<Dimension> groupBy(Query query) throws Refused {
    var dimensions = EnumSet.noneOf(Dimension.class);
    for (var name : query.all("groupBy")) {
      switch (name) {
        case "project" -> dimensions.add(Dimension.PROJECT);
        case "release" -> dimensions.add(Dimension.RELEASE);
        case "environment" -> dimensions.add(Dimension.ENVIRONMENT);
        case "session.status" -> dimensions.add(Dimension.STATUS);
        default -> throw Refused.badRequest("Invalid groupBy: \"" + name + "\"");
      }
    }
    return dimensions;
  }

  /// The release of a search, the only word simulated here.
  private static @Nullable String release(@Nullable String search) throws Refused {
    if (search == null) {
      return null;
    }
    var words = SearchWord.parse(search);
    if (words.size() != 1 || !words.getFirst().isPlain("release")) {
      throw Refused.badRequest("Invalid query: \"" + search + "\"");
    }
    return words.getFirst().value();
  }
}
