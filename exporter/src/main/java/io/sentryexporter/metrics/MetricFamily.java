package io.sentryexporter.metrics;

import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// The samples of one metric at one time.
///
/// @param since start time of a counter; null for all other types, and where it is not known
/// @param samples each with the values of all labels of the metric
public record MetricFamily(Metric metric, @Nullable Instant since, List<Sample> samples) {
  public MetricFamily {
    samples = samples instanceof Samples ? samples : List.copyOf(samples);
    boolean isUniform = samples instanceof Samples && !samples.isEmpty();
    for (Sample sample : isUniform ? samples.subList(0, 1) : samples) {
      if (sample.labelValues().size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            "%s has the labels %s, not %s"
                .formatted(metric.name(), metric.labels(), sample.labelValues()));
      }
    }
  }

  public MetricFamily(Metric metric, List<Sample> samples) {
    this(metric, null, samples);
  }

  /// A family of a single sample.
  public static MetricFamily of(Metric metric, double value, String... labelValues) {
    return new MetricFamily(metric, List.of(Sample.now(value, labelValues)));
  }

  /// The samples of a counter with the start time `since`.
  public static MetricFamily since(Instant since, Metric metric, List<Sample> samples) {
    return new MetricFamily(metric, since, samples);
  }

  /// Samples in columns, each made when it is read. A large organization has hundreds of thousands,
  /// which take a third of the memory that objects would. Immutable.
  public static final class Samples extends AbstractList<Sample> implements RandomAccess {
    /// Samples of a block, except the last.
    private static final int BLOCK = 256;

    private static final int FIRST = 8;

    private final List<Block> blocks;
    private final int labels;
    private final int size;

    private Samples(List<Block> blocks, int labels, int size) {
      this.blocks = List.copyOf(blocks);
      this.labels = labels;
      this.size = size;
    }

    /// Some samples: their values and, one after the other, those of their labels.
    private static final class Block {
      private double[] values;
      private String[] labelValues;

      Block(int samples, int labels) {
        values = new double[samples];
        labelValues = new String[samples * labels];
      }

      void resize(int samples, int labels) {
        values = Arrays.copyOf(values, samples);
        labelValues = Arrays.copyOf(labelValues, samples * labels);
      }
    }

    @Override
    public Sample get(int index) {
      if (index >= size) {
        throw new IndexOutOfBoundsException(index);
      }
      Block block = blocks.get(index / BLOCK);
      int place = index % BLOCK;
      int from = place * labels;
      String[] labelValues = Arrays.copyOfRange(block.labelValues, from, from + labels);
      return new Sample(block.values[place], List.of(labelValues));
    }

    @Override
    public int size() {
      return size;
    }

    /// Takes samples one after the other.
    public static final class Builder {
      private final List<Block> blocks = new ArrayList<>();
      private int labels;
      private int size;

      /// Adds a sample.
      ///
      /// @param labelValues as many as the other samples have
      public void add(double value, String... labelValues) {
        if (size == 0) {
          labels = labelValues.length;
        } else if (labels != labelValues.length) {
          throw new IllegalArgumentException("other labels: " + Arrays.toString(labelValues));
        }
        int place = size % BLOCK;
        if (place == 0) {
          blocks.add(new Block(size == 0 ? FIRST : BLOCK, labels));
        }
        Block block = blocks.getLast();
        if (place == block.values.length) {
          block.resize(2 * place, labels);
        }
        block.values[place] = value;
        System.arraycopy(labelValues, 0, block.labelValues, place * labels, labels);
        size++;
      }

      public Samples build() {
        return new Samples(blocks, labels, size);
      }
    }
  }
}
