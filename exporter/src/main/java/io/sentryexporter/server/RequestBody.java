package io.sentryexporter.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.io.HttpServerRequestHandler.ResponseTrigger;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/// Reads past a request's body, which no page uses, to where the next request begins.
final class RequestBody {
  private RequestBody() {}

  /// Reads to the body's end and keeps nothing; sends `100 Continue` first if the client waits for
  /// that.
  ///
  /// @throws RequestRefusedException if there are more than `maxBytes`, before reading them if the
  ///   client announces them, or if its chunks are malformed
  static void discard(ClassicHttpRequest request, ResponseTrigger trigger, int maxBytes)
      throws HttpException, IOException {
    var entity = request.getEntity();
    if (entity == null) {
      return;
    }
    if (entity.getContentLength() > maxBytes) {
      throw tooLarge(maxBytes);
    }
    if (Arrays.stream(request.getHeaders(HttpHeaders.EXPECT))
        .anyMatch(expect -> "100-continue".equalsIgnoreCase(expect.getValue()))) {
      trigger.sendInformation(new BasicClassicHttpResponse(100));
    }
    try {
      discard(entity.getContent(), maxBytes);
    } catch (TruncatedChunkException e) { // the client is gone, not wrong
      throw e;
    } catch (MalformedChunkCodingException | MessageConstraintException _) {
      throw new RequestRefusedException(400, "bad request: the body's chunks are malformed");
    }
  }

  private static void discard(InputStream in, int maxBytes) throws HttpException, IOException {
    var bytes = new byte[2048];
    int total = 0;
    for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
      total += read;
      if (total > maxBytes) {
        throw tooLarge(maxBytes);
      }
    }
  }

  private static RequestRefusedException tooLarge(int maxBytes) {
    return new RequestRefusedException(
        413, "request body too large: at most " + maxBytes + " bytes are read");
  }
}
