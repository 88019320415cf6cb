package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.options.Token;
import io.sentryexporter.simulator.world.Knowledge;
import io.sentryexporter.simulator.world.SimulatedOrganization;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An authorized request: its caller, path, parameters and time.
///
/// @param path as the client wrote it, with the prefix
/// @param token null only where no token is required
/// @param organization there if the route names one; so is `project`
/// @param now in epoch seconds
/// @param known what statistics know now
public record Call(
    String path,
    String rawQuery,
    Query query,
    @Nullable Token token,
    @Nullable SimulatedOrganization organization,
    @Nullable SimulatedProject project,
    long now,
    Knowledge known) {

  SimulatedOrganization theOrganization() {
    return Objects.requireNonNull(organization, "the route names no organization");
  }

  SimulatedProject theProject() {
    return Objects.requireNonNull(project, "the route names no project");
  }
}
