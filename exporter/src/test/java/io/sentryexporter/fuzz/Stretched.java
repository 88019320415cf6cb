package io.sentryexporter.fuzz;

import java.io.ByteArrayOutputStream;

/// An input with a part that is repeated, so that a few bytes stand for a long text: where the time
/// to read grows faster than the text, a fuzzer finds it in no other way.
///
/// `head RS * n part RS * tail` is the head, `2^(n mod 16)` times the part, and the tail; RS is
/// 0x1E, n a byte. Anything else stands for itself.
public final class Stretched {
  private static final int MARK = 0x1E;
  private static final int LONGEST = 192 << 10;

  private Stretched() {}

  public static byte[] of(byte[] input) {
    int first = mark(input, 0);
    int second = first < 0 || first + 3 > input.length ? -1 : mark(input, first + 3);
    if (second < 0) {
      return input;
    }
    int part = second - first - 3;
    long times = part == 0 ? 0 : Math.min(1L << (input[first + 2] & 15), LONGEST / part);
    var out = new ByteArrayOutputStream();
    out.write(input, 0, first);
    for (long i = 0; i < times; i++) {
      out.write(input, first + 3, part);
    }
    out.write(input, second + 2, input.length - second - 2);
    return out.toByteArray();
  }

  private static int mark(byte[] input, int from) {
    for (int i = from; i + 1 < input.length; i++) {
      if (input[i] == MARK && input[i + 1] == '*') {
        return i;
      }
    }
    return -1;
  }
}
