package io.sentryexporter.testing;

import java.nio.file.Path;

/// Writes a class of the program with a lost update in it, to come first in a class path.
///
/// `proof/interleavings --planted` runs it. Which one it is, the tests of interleavings name in a
/// method `lostUpdate` each: they have to find it.
public final class LostUpdate {
  private LostUpdate() {}

  /// Writes it.
  ///
  /// @param arguments the test's class, and the folder to write to
  public static void main(String[] arguments) throws ReflectiveOperationException {
    var changed = (ChangedSource) Class.forName(arguments[0]).getMethod("lostUpdate").invoke(null);
    changed.write(Path.of(arguments[1]));
  }
}
