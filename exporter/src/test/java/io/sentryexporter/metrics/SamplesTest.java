package io.sentryexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sentryexporter.metrics.MetricFamily.Samples;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplesTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 255, 256, 257, 1_000})
  void theyAreTheSamplesThatWereAdded(int number) {
    var samples = new Samples.Builder();
    var expected = new ArrayList<Sample>();
    for (int i = 0; i < number; i++) {
      samples.add(i / 2.0, "project-" + i, "error\u0000");
      expected.add(Sample.now(i / 2.0, "project-" + i, "error\u0000"));
    }
    Samples built = samples.build();

    assertThat(built).isEqualTo(expected).hasSize(number);
    assertThatThrownBy(() -> built.get(number)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> built.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void allHaveTheSameLabels() {
    var samples = new Samples.Builder();
    samples.add(1, "web", "error");
    assertThatThrownBy(() -> samples.add(2, "web")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void samplesMayHaveNoLabels() {
    var samples = new Samples.Builder();
    samples.add(1);
    assertThat(samples.build()).containsExactly(Sample.now(1));
  }
}
