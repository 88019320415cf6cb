package io.sentryexporter.http;

import io.sentryexporter.http.ConnectionPool.Lease;
import io.sentryexporter.http.Connector.NameLookup;
import io.sentryexporter.http.HttpFailure.Phase;
import io.sentryexporter.http.ProxyRules.Route;
import io.sentryexporter.text.SecretRedactor;
import io.sentryexporter.time.Deadline;
import io.sentryexporter.time.TimeSource;
import io.sentryexporter.tls.Trust;
import io.sentryexporter.wire.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntPredicate;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/// Makes HTTP calls, any number at a time, over connections that are kept and shared.
///
/// The deadline covers a call from the name lookup to the last byte of the body; at its end the
/// call's socket is closed at any step. Nothing is repeated, with one exception: a request on a
/// kept connection that ends before a byte came back, since the server had closed it.
public final class HttpClient implements AutoCloseable {
  /// Maximum length of an unneeded body that is read to keep the connection.
  private static final int DRAINED_BYTES = 8 << 10;

  private static final byte[] NOTHING = {};

  private final HttpSettings settings;
  private final Limits limits;
  private final Body.Budget bodyBudget;
  private final Connector connector;
  private final ConnectionPool connections;

  /// @param lookups runs lookups of names, which cannot be interrupted; may refuse
  public HttpClient(HttpSettings settings, TimeSource time, Executor lookups) {
    this(settings, time, new NameLookup(InetAddress::getAllByName, lookups));
  }

  HttpClient(HttpSettings settings, TimeSource time, NameLookup names) {
    this.settings = settings;
    this.limits = settings.limits();
    this.bodyBudget = new Body.Budget(limits.bodyBudget());
    this.connector = new Connector(names, settings.trust(), settings.userAgent(), time);
    this.connections =
        new ConnectionPool(limits.connectionsPerOrigin(), limits.connections(), time);
  }

  /// Sends a request, follows redirects on the same origin, and returns when the whole body has
  /// arrived.
  ///
  /// @param wantsBody of a status: if not, the body is not read and the answer's is empty
  /// @throws HttpFailure if there is no whole answer; an interrupted thread, which stays
  ///   interrupted, counts as [HttpFailure.Cancelled]
  public HttpAnswer get(HttpGet request, IntPredicate wantsBody, Deadline deadline)
      throws HttpFailure {
    var uri = request.uri();
    var call = call(request, deadline);
    for (var redirects = 0; ; redirects++) {
      var answer = hop(request, uri, null, wantsBody, call);
      var redirect = Redirect.in(answer, uri);
      if (redirect.isEmpty() || returnsRedirects(request.client())) {
        return answer;
      }
      uri = redirect.get().target(call);
      if (redirects == limits.redirects()) {
        throw call.redirectRefused("more than " + redirects + " times");
      }
      call.turnTo(Origin.of(uri));
    }
  }

  /// Sends a form with POST, and returns when the whole body of the answer has arrived. A redirect
  /// is an answer: the form, which holds a secret, goes nowhere else.
  ///
  /// @throws HttpFailure as [#get]
  public HttpAnswer post(HttpGet request, String form, Deadline deadline) throws HttpFailure {
    return hop(request, request.uri(), form, _ -> true, call(request, deadline));
  }

  /// Opens a connection as for a request with these settings, and closes it without one.
  public ConnectionReport examine(URI server, @Nullable ClientSettings client, Deadline deadline) {
    var origin = Origin.of(server);
    var call = new CallState(origin, client == null ? null : client.tls(), deadline);
    return connector.examine(route(origin, client), call);
  }

  private static CallState call(HttpGet request, Deadline deadline) {
    var client = request.client();
    var tls = client == null ? null : client.tls();
    return new CallState(Origin.of(request.uri()), tls, deadline);
  }

  private static boolean returnsRedirects(@Nullable ClientSettings client) {
    return client != null && client.redirects() == ClientSettings.Redirects.RETURNED;
  }

  private Route route(Origin origin, @Nullable ClientSettings client) {
    var route = proxies(client).routeTo(origin);
    return client == null ? route : route.with(client);
  }

  private ProxyRules proxies(@Nullable ClientSettings client) {
    return client == null || client.proxies() == null ? settings.proxies() : client.proxies();
  }

  /// Hides what requests with these settings show to proxies, wherever an answer brings it back.
  public SecretRedactor proxyRedactor(@Nullable ClientSettings client) {
    var headers = new ArrayList<>(proxies(client).credentials());
    if (client != null) {
      headers.addAll(client.connectHeaders());
    }
    return headers.isEmpty() ? SecretRedactor.NONE : Header.redactor(headers);
  }

  /// A limit of the request's own may be above the usual one, but not above the memory for all.
  private int bodyLimit(@Nullable ClientSettings client) {
    return client == null || client.bodyBytes() == 0
        ? limits.bodyBytes()
        : Math.min(client.bodyBytes(), limits.bodyBudget());
  }

  /// Closes the idle connections. Calls that run end in their own time, and later ones work, but
  /// keep no connection: so a configuration can be replaced while calls are under way.
  @Override
  public void close() {
    connections.close();
  }

  private HttpAnswer hop(
      HttpGet get, URI uri, @Nullable String form, IntPredicate wantsBody, CallState call)
      throws HttpFailure {
    var route = route(Origin.of(uri), get.client());
    var request = get.head(uri, route, settings.userAgent(), form);
    var exchange = new Exchange(request, get, wantsBody, call);
    try (var lease = connections.lease(route, call)) {
      var pooled = lease.pooled();
      if (pooled != null) {
        try {
          return exchange.over(pooled, lease);
        } catch (IOException | HttpException e) {
          if (!pooled.wentStale() || call.isOver()) {
            throw call.brokenOff(e);
          }
          lease.discard();
        }
      }
      var fresh = connector.connect(route, call);
      lease.assign(fresh);
      return exchange.over(fresh, lease);
    } catch (IOException | HttpException e) {
      throw call.brokenOff(e);
    }
  }

  /// One request and its answer.
  private final class Exchange {
    private final ClassicHttpRequest request;
    private final boolean isGzipOurWish;
    private final int bodyLimit;
    private final IntPredicate wantsBody;
    private final CallState call;

    private Exchange(
        ClassicHttpRequest request, HttpGet get, IntPredicate wantsBody, CallState call) {
      this.request = request;
      this.isGzipOurWish = get.asksForGzip();
      this.bodyLimit = bodyLimit(get.client());
      this.wantsBody = wantsBody;
      this.call = call;
    }

    private HttpAnswer over(UpstreamConnection connection, Lease lease)
        throws HttpFailure, IOException, HttpException {
      var body = NOTHING;
      var isReadToItsEnd = true;
      ClassicHttpResponse response;
      HttpAnswer.Head head;
      try (var _ = call.deadline().onEnd(connection::close)) {
        call.enter(Phase.HEADERS);
        response = connection.send(request);
        head = HttpAnswer.Head.of(response);
        call.received(head.status(), head.contentLength(isGzipOurWish));
        if (isWanted(head)) {
          call.enter(Phase.BODY);
          body = read(connection, response, head);
          call.check(); // closing the socket may look like the end of a body without a length
        } else {
          isReadToItsEnd = !head.hasBody() || drain(connection, response, head);
        }
      }
      // Only an open deadline is sure not to have closed the socket.
      if (isReadToItsEnd && connection.isClean() && isKeptAlive(response) && !call.isOver()) {
        lease.keep(head.idleTime());
      }
      return new HttpAnswer(head.status(), head.headers(), body, head.contentLength(isGzipOurWish));
    }

    private boolean isWanted(HttpAnswer.Head head) {
      return head.hasBody()
          && !Redirect.isOne(head.status(), head.headers())
          && wantsBody.test(head.status());
    }

    private byte[] read(
        UpstreamConnection connection, ClassicHttpResponse response, HttpAnswer.Head head)
        throws HttpFailure, IOException, HttpException {
      var limit = bodyLimit;
      var raw = connection.body(response);
      try (var share = bodyBudget.share()) {
        if (head.coding().isEmpty() && head.bodyBytes() > limit) {
          throw new Body.TooLong();
        }
        return Body.read(raw, head.coding(), limit, share);
      } catch (Body.TooLong _) {
        throw call.tooLarge(limit);
      } catch (Body.Budget.UsedUp _) {
        throw call.bodyBudgetUsedUp(limits.bodyBudget());
      }
    }

    private boolean drain(
        UpstreamConnection connection, ClassicHttpResponse response, HttpAnswer.Head head) {
      return head.bodyBytes() >= 0
          && head.bodyBytes() <= DRAINED_BYTES
          && connection.drain(response);
    }

    private boolean isKeptAlive(ClassicHttpResponse response) {
      return DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
          request, response, HttpCoreContext.create());
    }
  }

  /// What all calls of one [HttpClient] share.
  ///
  /// @param userAgent sent unless the request has a User-Agent of its own
  /// @param proxies for requests whose settings name none
  /// @param trust for requests whose settings name no authority
  public record HttpSettings(Limits limits, String userAgent, ProxyRules proxies, Trust trust) {
    /// The settings for Sentry, without proxies and with the system's trust.
    ///
    /// @param version the exporter's own, for the User-Agent
    public static HttpSettings standard(String version) {
      return new HttpSettings(Limits.STANDARD, userAgent(version), ProxyRules.NONE, Trust.SYSTEM);
    }

    /// The User-Agent of the exporter.
    ///
    /// @param version its own
    public static String userAgent(String version) {
      return "Sentry-Exporter/" + version;
    }
  }

  /// What is bounded in all calls of one [HttpClient].
  ///
  /// @param bodyBytes of one body, decompressed
  /// @param bodyBudget bytes of all bodies that are being read at the same time, beyond the first
  ///   32 KiB of each
  /// @param redirects followed in one call at most
  /// @param connectionsPerOrigin open at the same time to one origin at most
  /// @param connections open at the same time to all origins at most; idle ones make room
  public record Limits(
      int bodyBytes, int bodyBudget, int redirects, int connectionsPerOrigin, int connections) {
    public static final Limits STANDARD =
        new Limits(32 << 20, 32 << 20, 10, 256, Integer.MAX_VALUE);

    /// @throws IllegalArgumentException if a limit is out of range
    public Limits {
      if (bodyBytes < 1 || bodyBytes == Integer.MAX_VALUE || bodyBudget < 1) {
        throw new IllegalArgumentException("bodyBytes " + bodyBytes + ", budget " + bodyBudget);
      }
      if (redirects < 0 || connectionsPerOrigin < 1 || connections < 1) {
        throw new IllegalArgumentException(
            "redirects %d, connections %d of %d"
                .formatted(redirects, connectionsPerOrigin, connections));
      }
    }
  }

  /// A redirect, and whether it is followed.
  ///
  /// Redirects are followed only to the same origin, or from http to https on the same host with
  /// the usual ports: the request's headers must not go anywhere else.
  ///
  /// @param location of the Location header, as it came
  record Redirect(URI from, String location) {
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    /// The redirect that an answer to `from` is, if it is one.
    static Optional<Redirect> in(HttpAnswer answer, URI from) {
      return isOne(answer.status(), answer.headers())
          ? answer.headers().first("Location").map(location -> new Redirect(from, location))
          : Optional.empty();
    }

    static boolean isOne(int status, Headers headers) {
      return STATUSES.contains(status) && headers.first("Location").isPresent();
    }

    /// Where to go on.
    ///
    /// @throws HttpFailure.RedirectRefused if it is not a place to go to; the text names its origin
    ///   only, for the rest of a location may hold secrets
    URI target(CallState call) throws HttpFailure {
      URI target;
      Origin there;
      try {
        target = resolved();
        there = Origin.of(target);
      } catch (IllegalArgumentException _) {
        throw call.redirectRefused("to something that is not an http or https URL");
      }
      var here = Origin.of(from);
      if (!there.equals(here) && !isUpgrade(here, there)) {
        throw call.redirectRefused(
            "to "
                + there
                + ", where the headers must not go; if Sentry is there, write it as the URL; if it"
                + " is the login of an access proxy, write the headers that it wants in"
                + " http_headers");
      }
      return target;
    }

    /// By RFC 3986, where [URI#resolve] follows the older RFC 2396 or fails for an empty path.
    private URI resolved() {
      var base = from.getRawPath().isEmpty() ? from.resolve("/") : from;
      return base.resolve(
          URI.create(location.startsWith("?") ? base.getRawPath() + location : location));
    }

    private static boolean isUpgrade(Origin here, Origin there) {
      return here.host().equals(there.host())
          && here.equals(new Origin("http", here.host(), 80))
          && there.equals(new Origin("https", there.host(), 443));
    }
  }
}
