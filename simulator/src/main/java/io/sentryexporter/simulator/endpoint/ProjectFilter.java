package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.SentryError;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Which of an organization's projects a query is about: the parameter `project`.
final class ProjectFilter {
  private ProjectFilter() {}

  /// The projects of the ids given; all for `-1` or none given.
  static List<SimulatedProject> read(Call call) throws Refused {
    return read(call, false);
  }

  /// @param some true if an organization without projects is a mistake
  static List<SimulatedProject> read(Call call, boolean some) throws Refused {
    var all = call.theOrganization().projects();
    if (all.isEmpty() && some) {
      throw Refused.badRequest("No projects available");
    }
    var ids = new LinkedHashSet<>(call.query().all("project"));
    if (ids.isEmpty() || ids.contains("-1")) {
      return all;
    }
    var chosen = new ArrayList<SimulatedProject>();
    for (var id : ids) {
      if (id.isEmpty() || !id.chars().allMatch(Character::isDigit)) {
        throw Refused.badRequest("Invalid project parameter. Values must be numbers.");
      }
      var project = call.theOrganization().project(id);
      if (project == null) {
        throw new Refused(SentryError.NO_PERMISSION);
      }
      chosen.add(project);
    }
    return chosen;
  }
}
