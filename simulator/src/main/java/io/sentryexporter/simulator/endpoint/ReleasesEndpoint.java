package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Query;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.world.IssueBook;
import io.sentryexporter.simulator.world.Release;
import io.sentryexporter.simulator.world.SessionCounts;
import io.sentryexporter.simulator.world.SessionStatus;
import io.sentryexporter.simulator.world.SimulatedProject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An organization's releases, the newest first, those of the last [#KEPT_DAYS] days.
public final class ReleasesEndpoint {
  static final int KEPT_DAYS = 36;
  private static final long DAY = 86_400;

  private final URI url;

  public ReleasesEndpoint(URI url) {
    this.url = url;
  }

  /// @param healthSeconds window of the sessions, null if they are not requested
  private record Options(@Nullable Long healthSeconds, boolean hasAdoptionStages) {
    static Options read(Query query) throws Refused {
      var period = query.last("summaryStatsPeriod");
      var seconds = TimeRange.period(period == null ? "24h" : period);
      if (seconds == null) {
        throw Refused.badRequest("Invalid summaryStatsPeriod");
      }
      return new Options(
          "1".equals(query.last("health")) ? seconds : null,
          "1".equals(query.last("adoptionStages")));
    }
  }

  public Answer answer(Call call) throws Refused {
    var options = Options.read(call.query());
    var search = call.query().last("query");
    var releases = new ArrayList<Release>();
    for (var project : ProjectFilter.read(call)) {
      if (!project.flows().isEmpty()) {
        releases.addAll(kept(project, call.now()));
      }
    }
    releases.removeIf(release -> search != null && !release.version().contains(search));
    releases.sort(
        Comparator.comparingLong(Release::created).reversed().thenComparing(Release::version));
    return Page.read(call.query()).of(releases, release -> json(release, options, call), call, url);
  }

  /// The releases of a project that are in the list.
  static List<Release> kept(SimulatedProject project, long now) {
    return project.releases().inUse(project, now - KEPT_DAYS * DAY, now).stream()
        .filter(release -> release.created() <= now && release.created() > now - KEPT_DAYS * DAY)
        .toList();
  }

  private static String json(Release release, Options options, Call call) {
    var project = release.project();
    var version = release.version().substring(release.version().indexOf('@') + 1);
    var numbers = version.split("\\.", -1);
    var created = Instant.ofEpochSecond(release.created());
    var lastEvent = Instant.ofEpochSecond(Math.min(release.replaced(), call.now()));
    var newGroups = IssueBook.bornIn(release, call.now());
    return """
    {"id":%d,"version":"%s","shortVersion":"%s","status":"open","versionInfo":{"package":"%s",\
    "version":{"raw":"%s","major":%s,"minor":%s,"patch":%s,"pre":null,"buildCode":null,\
    "components":3},"description":"%s","buildHash":null},"ref":null,"url":null,\
    "dateReleased":null,"dateCreated":"%s","data":{},"newGroups":%d,"owner":null,\
    "commitCount":%d,"lastCommit":null,"deployCount":0,"lastDeploy":null,"authors":[],\
    "projects":[{"id":%d,"slug":"%s","name":"%s","newGroups":%d,"platform":"%s",\
    "platforms":["%s"],"hasHealthData":%s%s}],"firstEvent":"%s","lastEvent":"%s",\
    "currentProjectMeta":{},"userAgent":null%s}\
    """
        .formatted(
            release.id(),
            release.version(),
            version,
            project.slug(),
            version,
            numbers[0],
            numbers[1],
            numbers[2],
            version,
            created,
            newGroups,
            release.id() % 23 + 1,
            project.id(),
            project.slug(),
            ProjectJson.name(project.slug()),
            newGroups,
            project.platform(),
            project.platform(),
            hasSessions(project),
            health(release, options, call),
            created,
            lastEvent,
            adoptionStages(release, options, call.now()));
  }

  private static boolean hasSessions(SimulatedProject project) {
    return project.flows().stream().anyMatch(flow -> flow.kind().session() != null);
  }

  private static String health(Release release, Options options, Call call) {
    if (options.healthSeconds() == null) {
      return "";
    }
    if (!hasSessions(release.project())) {
      return ",\"healthData\":null";
    }
    var day = of(release, call, DAY);
    var whole = SessionSlices.of(release.project(), 0, Long.MAX_VALUE);
    var everybody = whole.counts(call.known(), call.now() - DAY, call.now());
    var told = of(release, call, Objects.requireNonNull(options.healthSeconds(), "requested"));
    return """
    ,"healthData":{"adoption":%s,"sessionsAdoption":%s,"crashFreeUsers":%s,\
    "crashFreeSessions":%s,"totalUsers":%d,"totalUsers24h":%d,"totalProjectUsers24h":%d,\
    "totalSessions":%d,"totalSessions24h":%d,"totalProjectSessions24h":%d,"sessionsCrashed":%d,\
    "sessionsErrored":%d,"durationP50":null,"durationP90":null,"hasHealthData":%s,"stats":{}}\
    """
        .formatted(
            percent(day.users((SessionStatus) null), everybody.users((SessionStatus) null)),
            percent(day.sessions(null), everybody.sessions(null)),
            percentOf(told.userCrashRate()),
            percentOf(told.crashRate()),
            told.users((SessionStatus) null),
            day.users((SessionStatus) null),
            everybody.users((SessionStatus) null),
            told.sessions(null),
            day.sessions(null),
            everybody.sessions(null),
            told.crashed(),
            told.errored(),
            told.sessions(null) > 0);
  }

  /// The sessions of a release in the last `seconds`.
  private static SessionCounts of(Release release, Call call, long seconds) {
    return SessionSlices.of(release.project(), release.created(), release.replaced())
        .counts(call.known(), call.now() - seconds, call.now());
  }

  /// Sentry returns a percentage here, from 0 to 100; null without sessions.
  private static @Nullable Double percent(long part, long whole) {
    return whole == 0 ? null : 100.0 * part / whole;
  }

  private static @Nullable Double percentOf(@Nullable Double crashRate) {
    return crashRate == null ? null : 100 * (1 - crashRate);
  }

  private static String adoptionStages(Release release, Options options, long now) {
    if (!options.hasAdoptionStages()) {
      return "";
    }
    var isReplaced = release.replaced() <= now;
    return ",\"adoptionStages\":{\"%s\":{\"stage\":\"%s\",\"adopted\":\"%s\",\"unadopted\":%s}}"
        .formatted(
            release.project().slug(),
            isReplaced ? "replaced" : "adopted",
            Instant.ofEpochSecond(release.created()),
            isReplaced ? "\"" + Instant.ofEpochSecond(release.replaced()) + "\"" : "null");
  }
}
