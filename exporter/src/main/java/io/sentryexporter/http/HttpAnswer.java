package io.sentryexporter.http;

import io.sentryexporter.wire.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ProtocolException;

/// A whole answer: its body is complete and decoded, or empty because the status was not wanted.
///
/// `contentLength` is as in Go's net/http: the Content-Length header; -1 if the length is unknown
/// (chunked, or until the connection closes) or the body came as gzip that the client itself
/// requested; 0 for a status that has no body.
///
/// @param body owned by the receiver of the answer
@SuppressWarnings("ArrayRecordComponent") // up to 32 MiB: neither copied nor compared
public record HttpAnswer(int status, Headers headers, byte[] body, long contentLength) {

  /// The head of an answer.
  record Head(int status, Headers headers) {
    private static final Pattern TIMEOUT =
        Pattern.compile(
            "(?:.*[,;\\s])?timeout\\s*=\\s*([0-9]{1,6})\\b.*", Pattern.CASE_INSENSITIVE);

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /// @throws ProtocolException if the announced length is not a number
    static Head of(ClassicHttpResponse response) throws ProtocolException {
      var fields = new ArrayList<Map.Entry<String, String>>();
      for (var header : response.getHeaders()) {
        fields.add(Map.entry(header.getName(), String.valueOf(header.getValue())));
      }
      var head = new Head(response.getCode(), Headers.of(fields));
      var length = head.toldLength();
      if (length.isPresent() && !LENGTH.matcher(length.get()).matches()) {
        throw new ProtocolException("length");
      }
      return head;
    }

    boolean hasBody() {
      return status != 204 && status != 304;
    }

    /// How the body is compressed; empty for not at all.
    String coding() {
      return headers.list("Content-Encoding").orElse("");
    }

    /// The announced length, as Go's net/http counts it: [HttpAnswer].
    ///
    /// @param isGzipOurWish whether the client itself requested gzip, not the configuration
    long contentLength(boolean isGzipOurWish) {
      if (!hasBody()) {
        return 0;
      }
      if (isGzipOurWish && coding().equalsIgnoreCase("gzip")) {
        return -1;
      }
      return bodyBytes();
    }

    /// The length of the body as it is sent, -1 if unknown.
    long bodyBytes() {
      return toldLength().map(Long::parseLong).orElse(-1L);
    }

    /// The Content-Length, if it has a meaning.
    private Optional<String> toldLength() {
      return headers.list("Transfer-Encoding").isPresent()
          ? Optional.empty()
          : headers.first("Content-Length");
    }

    /// How long the server keeps an idle connection; a long time by default.
    Duration idleTime() {
      return headers
          .list("Keep-Alive")
          .map(TIMEOUT::matcher)
          .filter(Matcher::matches)
          .map(told -> Duration.ofSeconds(Long.parseLong(told.group(1))))
          .orElse(Duration.ofDays(1));
    }
  }
}
