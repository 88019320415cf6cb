package io.sentryexporter.simulator.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;

/// A body in chunks of a size; closing writes the last chunk and leaves the connection open.
final class Chunks extends OutputStream {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final OutputStream out;
  private final byte[] chunk;
  private int filled;

  Chunks(OutputStream out, int chunkBytes) {
    this.out = out;
    this.chunk = new byte[chunkBytes];
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (var done = 0; done < length; ) {
      var part = Math.min(length - done, chunk.length - filled);
      System.arraycopy(bytes, offset + done, chunk, filled, part);
      filled += part;
      done += part;
      if (filled == chunk.length) {
        writeChunk();
      }
    }
  }

  private void writeChunk() throws IOException {
    if (filled > 0) {
      out.write(Integer.toHexString(filled).getBytes(ISO_8859_1));
      out.write(LINE_END);
      out.write(chunk, 0, filled);
      out.write(LINE_END);
      filled = 0;
    }
  }

  @Override
  public void close() throws IOException {
    writeChunk();
    out.write("0\r\n\r\n".getBytes(ISO_8859_1));
  }
}
