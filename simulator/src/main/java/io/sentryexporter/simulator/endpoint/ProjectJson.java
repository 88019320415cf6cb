package io.sentryexporter.simulator.endpoint;

import io.sentryexporter.simulator.world.SimulatedProject;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Projects as Sentry describes them, in a list and alone, with every field its schema requires.
///
/// Names need no escaping: slugs hold letters, digits, `-` and `_` only.
final class ProjectJson {
  private static final String TEAM = "{\"id\":\"1\",\"name\":\"Everyone\",\"slug\":\"everyone\"}";

  private static final String DETAILS =
      """
      "isInternal":false,"isPublic":false,\
      "avatar":{"avatarType":"letter_avatar","avatarUuid":null},\
      "color":"#bf6e3f","status":"active","options":{"quotas:spike-protection-disabled":false},\
      "digestsMinDelay":300,"digestsMaxDelay":1800,"subjectPrefix":"","allowedDomains":["*"],\
      "resolveAge":0,"dataScrubber":true,"dataScrubberDefaults":true,"safeFields":[],\
      "storeCrashReports":null,"sensitiveFields":[],"subjectTemplate":"$shortID - $title",\
      "securityToken":"simulated","securityTokenHeader":null,"verifySSL":false,\
      "scrubIPAddresses":false,"scrapeJavaScript":true,"enableAutoReleaseCreation":true,\
      "highlightTags":[],"highlightContext":{},"highlightPreset":{"tags":[],"context":{}},\
      "groupingConfig":"newstyle:2026-01-20","derivedGroupingEnhancements":"",\
      "groupingEnhancements":"","secondaryGroupingExpiry":0,"secondaryGroupingConfig":null,\
      "fingerprintingRules":"","processingIssues":0,"defaultEnvironment":null,\
      "relayPiiConfig":null,"builtinSymbolSources":[],"dynamicSamplingBiases":[],\
      "symbolSources":"[]","isDynamicallySampled":true,"tempestFetchScreenshots":false,\
      "autofixAutomationTuning":"off","seerScannerAutomation":false,"seerNightshiftTweaks":{},\
      "scmSourceContextEnabled":false,"debugFilesRole":null\
      """;

  private ProjectJson() {}

  /// The project as an element of a list.
  static String summary(SimulatedProject project) {
    return "{"
        + common(project)
        + ",\"hasUserReports\":false,\"environments\":[\"production\",\"staging\"]}";
  }

  /// The project alone, with its settings.
  static String details(SimulatedProject project, String organization) {
    return "{" + common(project) + "," + DETAILS + ",\"organization\":" + organization + "}";
  }

  /// The project as monitors name it.
  static String inMonitor(SimulatedProject project) {
    return "{"
        + common(project)
        + """
        ,"isInternal":false,"isPublic":false,"color":"#bf6e3f","status":"active",\
        "avatar":{"avatarType":"letter_avatar","avatarUuid":null}}\
        """;
  }

  /// A name to read, from a slug.
  static String name(String slug) {
    return Stream.of(slug.split("-", -1))
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining(" "));
  }

  private static String common(SimulatedProject project) {
    var silent = project.flows().isEmpty();
    return """
    "id":"%d","slug":"%s","name":"%s","platform":"%s","dateCreated":"%s",\
    "isBookmarked":false,"isMember":true,"features":["releases"],"firstEvent":%s,\
    "firstTransactionEvent":true,"access":["event:read","org:read","project:read","team:read"],\
    "hasAccess":true,"hasFeedbacks":false,"hasFlags":false,"hasInsightsAgentMonitoring":false,\
    "hasInsightsAppStart":false,"hasInsightsAssets":false,"hasInsightsCaches":false,\
    "hasInsightsDb":false,"hasInsightsHttp":true,"hasInsightsMCP":false,\
    "hasInsightsQueues":false,"hasInsightsScreenLoad":false,"hasInsightsVitals":false,\
    "hasLogs":true,"hasMinifiedStackTrace":false,"hasMonitors":true,"hasNewFeedbacks":false,\
    "hasProfiles":true,"hasReplays":true,"hasSessions":true,"hasTraceMetrics":false,\
    "latestRelease":null,"platforms":["%s"],"team":%s,"teams":[%s]\
    """
        .formatted(
            project.id(),
            project.slug(),
            name(project.slug()),
            project.platform(),
            project.created(),
            silent ? "null" : "\"2018-11-07T06:12:03.004Z\"",
            project.platform(),
            TEAM,
            TEAM);
  }
}
