package io.sentryexporter.simulator.server;

import io.sentryexporter.simulator.api.Api;
import io.sentryexporter.simulator.api.RateLimits.Standing;
import io.sentryexporter.simulator.api.RequestLog;
import io.sentryexporter.simulator.api.Route;
import io.sentryexporter.simulator.api.ServiceEndpoints;
import io.sentryexporter.simulator.fault.Fault;
import io.sentryexporter.simulator.fault.FaultText;
import io.sentryexporter.simulator.fault.Faults;
import io.sentryexporter.simulator.message.Answer;
import io.sentryexporter.simulator.message.Refused;
import io.sentryexporter.simulator.message.Request;
import io.sentryexporter.simulator.options.ServerOptions;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// One request and what comes back: the right answer, or a fault.
public final class Exchange {
  private static final String SIMULATE = "X-Simulate";

  private final Api api;
  private final ServerOptions options;
  private final RequestLog log;
  private final Faults faults;
  private volatile @Nullable DateLine date;

  public Exchange(Api api, ServerOptions options, RequestLog log, Faults faults) {
    this.api = api;
    this.options = options;
    this.log = log;
    this.faults = faults;
  }

  /// Answers a request; true if the connection can serve another.
  boolean serve(Request request, Wire wire) throws IOException, InterruptedException {
    var route = api.route(request.path());
    log.arrived(route, request);
    var standing = api.enter(request, route);
    try {
      wire.pause(options.latency());
      return serve(request, route, standing, wire);
    } catch (Refused refused) {
      return send(refused.answer(), request, wire);
    } finally {
      api.leave(standing);
    }
  }

  private boolean serve(
      Request request, @Nullable Route route, @Nullable Standing standing, Wire wire)
      throws IOException, InterruptedException, Refused {
    var fault = fault(request, route);
    var right = api.answer(request, route, standing);
    return switch (fault) {
      case null -> send(right, request, wire);
      case Fault.OnTheWire wrong -> new WireFaults(wire, right).play(wrong) && request.keepsAlive();
      case Fault.OtherAnswer other -> {
        var answers =
            new FaultAnswers(request, right, api.limitLines(standing), options.clock().instant());
        yield send(answers.answer(other, route), request, wire);
      }
    };
  }

  private @Nullable Fault fault(Request request, @Nullable Route route) throws Refused {
    var simulate = request.header(SIMULATE);
    if (simulate != null) {
      return FaultText.parse(simulate);
    }
    return ServiceEndpoints.isAddition(route) ? null : faults.take(request.target());
  }

  private boolean send(Answer answer, Request request, Wire wire) throws IOException {
    var connection = request.keepsAlive() ? "" : "Connection: close\r\n";
    wire.write(answer.whole(connection + dateLine(), !request.method().equals("HEAD")));
    return request.keepsAlive();
  }

  /// The header `Date`, written once a second.
  private String dateLine() {
    long second = options.clock().instant().getEpochSecond();
    var line = date;
    if (line == null || line.second() != second) {
      var time = Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
      line =
          new DateLine(
              second, "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(time) + "\r\n");
      date = line;
    }
    return line.text();
  }

  private record DateLine(long second, String text) {}
}
