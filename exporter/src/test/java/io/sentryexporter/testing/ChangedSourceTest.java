package io.sentryexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sentryexporter.sentry.model.Counting;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangedSourceTest {
  private static final String FILE = "sentry/model/Counting.java";
  private static final String TEXT = "SHORTEST_OVERLAP = Duration.ofMinutes(2)";

  @TempDir Path folder = Path.of("");

  @Test
  void theChangedClassAndItsUsersAreLoadedAnew() throws ReflectiveOperationException {
    var changed = ChangedSource.of(FILE, TEXT, "SHORTEST_OVERLAP = Duration.ofMinutes(7)").loader();

    assertThat(overlap(changed.loadClass(Counting.class.getName())))
        .isEqualTo(Duration.ofMinutes(7));
    assertThat(overlap(Counting.class)).isEqualTo(Duration.ofMinutes(2));
    assertThat(changed.loadClass(ChangedSourceTest.class.getName()))
        .isNotEqualTo(ChangedSourceTest.class);
    assertThat(changed.loadClass(Duration.class.getName())).isEqualTo(Duration.class);
  }

  private static Object overlap(Class<?> counting) throws ReflectiveOperationException {
    for (var method : counting.getMethods()) {
      if (method.getName().equals("refreshedEach")) {
        var month = method.getParameterTypes()[1].getEnumConstants()[0];
        var made = method.invoke(null, Duration.ofSeconds(1), month);
        return counting.getMethod("overlap").invoke(made);
      }
    }
    throw new NoSuchMethodException("refreshedEach");
  }

  @Test
  void theChangedClassesAreWrittenForAClassPath() {
    ChangedSource.of(FILE, TEXT, "SHORTEST_OVERLAP = Duration.ofMinutes(7)").write(folder);

    assertThat(folder.resolve("io/sentryexporter/sentry/model"))
        .isDirectoryContaining("glob:**/Counting.class");
    assertThat(folder.resolve("io/sentryexporter/sentry/model/Counting$Epoch.class"))
        .isNotEmptyFile();
  }

  @Test
  void aTextThatIsNotThereOnceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChangedSource.of(FILE, "no such text", ""))
        .withMessageContaining("nowhere");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChangedSource.of(FILE, "Duration", ""))
        .withMessageContaining("more than once");
  }

  @Test
  void aChangeThatIsNoJavaIsRefusedWithTheCompilersWords() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChangedSource.of(FILE, TEXT, "SHORTEST_OVERLAP = nothing"))
        .withMessageContaining("cannot find symbol");
  }
}
