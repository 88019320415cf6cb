package io.sentryexporter.server;

import io.sentryexporter.wire.HttpSyntax;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.FormattedHeader;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.RequestHeaderFieldsTooLargeException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultClassicHttpRequestFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/// HttpCore's parser, made strict: a limit over the whole header, no header cut short by the end of
/// the stream, no control characters, no two ways to give the body's length (request smuggling),
/// and exactly one valid host.
///
/// HttpCore's own request takes a target apart and forgets some of it, and a port too great is a
/// bug to it; so it gets the target unread, in place of the path, and no authority.
final class RequestParser implements HttpMessageParser<ClassicHttpRequest> {
  private final DefaultHttpRequestParser parser;
  private final int maxHeaderBytes;

  RequestParser(Http1Config config, int maxHeaderBytes) {
    this.parser = new DefaultHttpRequestParser(config, null, new UnreadTargets());
    this.maxHeaderBytes = maxHeaderBytes;
  }

  @Override
  public ClassicHttpRequest parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    try {
      var request = parser.parse(buffer, new HeaderInput(in, maxHeaderBytes - buffer.length()));
      checkHead(request);
      checkHost(request);
      checkBodyLength(request);
      return request;
    } catch (RequestHeaderFieldsTooLargeException _) { // HttpCore converts HeaderInput's to it
      throw new Refused(431, "request header too large");
    }
  }

  private static void checkHead(ClassicHttpRequest request) throws Refused {
    if (!HttpSyntax.isToken(request.getMethod())
        || !HttpSyntax.isRequestTarget(Objects.requireNonNullElse(request.getPath(), ""))) {
      throw malformed("the request line has characters that do not belong there");
    }
    for (var headers = request.headerIterator(); headers.hasNext(); ) {
      var header = headers.next();
      if (!HttpSyntax.isToken(header.getName()) || !HttpSyntax.isValue(line(header))) {
        throw malformed("a header has characters that do not belong there");
      }
    }
  }

  private static void checkHost(ClassicHttpRequest request) throws Refused {
    var version = Objects.requireNonNullElse(request.getVersion(), HttpVersion.HTTP_1_1);
    if (version.getMajor() > 1) {
      return; // refused next, for its version
    }
    var hosts = request.getHeaders(HttpHeaders.HOST);
    boolean old = version.lessEquals(HttpVersion.HTTP_1_0);
    if (hosts.length != 1 && !(old && hosts.length == 0)) {
      throw malformed("a request has one Host header");
    }
    if (hosts.length == 1 && !HttpSyntax.isHost(value(hosts[0]))) {
      throw malformed("the Host header is no host");
    }
  }

  private static void checkBodyLength(ClassicHttpRequest request) throws Refused {
    var length = request.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return;
    }
    if (request.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
      throw malformed("both Content-Length and Transfer-Encoding are given");
    }
    if (!value(length).chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw malformed("Content-Length is not a number");
    }
  }

  /// The header's line as it came: its value has the control characters replaced already.
  private static CharSequence line(Header header) {
    return header instanceof FormattedHeader formatted ? formatted.getBuffer() : value(header);
  }

  private static String value(Header header) {
    return Objects.requireNonNullElse(header.getValue(), "");
  }

  private static Refused malformed(String why) {
    return new Refused(400, "bad request: " + why);
  }

  /// Makes requests whose path is the whole target.
  private static final class UnreadTargets extends DefaultClassicHttpRequestFactory {
    @Override
    public ClassicHttpRequest newHttpRequest(String method, String target) {
      return new BasicClassicHttpRequest(method, null, null, target);
    }
  }

  /// The stream while a header is read: it is read only for what the header still lacks, so neither
  /// the limit nor the end may come here.
  private static final class HeaderInput extends InputStream {
    private final InputStream in;
    private int left;

    private HeaderInput(InputStream in, int left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      throw new UnsupportedOperationException("the parser reads blocks");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new MessageConstraintException("header too large");
      }
      int read = in.read(bytes, offset, Math.min(length, left));
      if (read < 0) {
        throw new ConnectionClosedException("the stream ends within a header");
      }
      left -= read;
      return read;
    }
  }

  /// A request that is answered with an error before any handler sees it; the connection then
  /// closes.
  static final class Refused extends HttpException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String text;

    Refused(int status, String text) {
      super(text);
      this.status = status;
      this.text = text;
    }

    int status() {
      return status;
    }

    /// The answer to the client.
    String text() {
      return text;
    }
  }
}
