package io.sentryexporter.simulator.api;

import io.sentryexporter.simulator.fault.FaultText;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;

/// The page for browsers: a notice that the data is simulated, and the available endpoints.
final class StartPage {
  private static final String TEMPLATE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Simulated Sentry</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; }
      body { margin: 0 auto; padding: 1rem; }
      .simulated { background: #fff3cd; color: #533f03; }
      .simulated { padding: .75rem 1rem; border-radius: .5rem; }
      code { font-size: .9em; overflow-wrap: anywhere; }
      li { margin: .25rem 0; }
      </style>
      </head>
      <body>
      <h1>Simulated Sentry</h1>
      <p class="simulated"><strong>The data here is simulated.</strong> This is the demonstration
      server of sentry_exporter. No real Sentry, organization or event stands behind it.</p>
      <h2>Endpoints</h2>
      <p>Send <code>Authorization: Bearer {token}</code>.</p>
      <ul>
      {endpoints}
      </ul>
      <h2>Organizations</h2>
      <ul>
      {organizations}
      </ul>
      <h2>Faults</h2>
      <p>A request with the header <code>X-Simulate</code> meets with the fault it names:</p>
      <ul>
      {faults}
      </ul>
      </body>
      </html>
      """;

  private StartPage() {}

  static Answer of(SimulatedWorld world, URI url, List<Route> routes) {
    var endpoints = items(routes.stream().map(route -> url + route.template()).toList());
    var organizations =
        items(world.organizations().stream().map(slug -> line(world, slug)).toList());
    var page =
        TEMPLATE
            .replace("{token}", escaped(ServerOptions.TOKEN))
            .replace("{endpoints}", endpoints)
            .replace("{organizations}", organizations)
            .replace("{faults}", items(FaultText.FORMS));
    return Answer.of(200, "text/html; charset=utf-8", page)
        .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        .with("X-Content-Type-Options", "nosniff");
  }

  private static String line(SimulatedWorld world, String organization) {
    var projects = world.projects(organization);
    var shown = projects.stream().limit(20).collect(Collectors.joining(", "));
    var more = projects.size() > 20 ? " and " + (projects.size() - 20) + " more" : "";
    return organization + ": " + shown + more;
  }

  private static String items(List<String> texts) {
    return texts.stream()
        .map(text -> "<li><code>" + escaped(text) + "</code></li>")
        .collect(Collectors.joining("\n"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
