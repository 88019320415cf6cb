package io.sentryexporter.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapShrinkerTest {
  private static final long SECOND = 1_000_000_000;

  private long cpu;
  private long heap = 32 << 20;
  private long live = 10 << 20;
  private int collections;
  private final HeapShrinker shrinker = new HeapShrinker(() -> cpu, () -> heap, this::collect);

  private void collect() {
    collections++;
    heap = Math.max(32 << 20, 2 * live);
  }

  private void checks(int number, long cpuNanos) {
    for (int i = 0; i < number; i++) {
      cpu += cpuNanos;
      shrinker.check();
    }
  }

  @Test
  void aHeapThatHasGrownIsCollectedOnceWhenLoadHasGone() {
    heap = 300 << 20;
    checks(6, 9 * SECOND);
    assertThat(collections).as("under load").isZero();

    checks(1, SECOND / 5);
    assertThat(collections).as("it may be a pause").isZero();
    checks(10, SECOND / 5);

    assertThat(collections).isOne();
    assertThat(heap).isEqualTo(32 << 20);
  }

  @Test
  void aHeapThatIsLargeBecauseMuchIsLiveIsNotCollectedAgainAndAgain() {
    heap = 300 << 20;
    live = 140 << 20;
    checks(50, SECOND / 5);
    assertThat(collections).isOne();
  }

  @Test
  void theNextBurstIsCollectedToo() {
    heap = 300 << 20;
    checks(5, SECOND / 5);
    heap = 300 << 20;
    checks(5, 9 * SECOND);
    checks(5, SECOND / 5);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void aProcessThatHasNotGrownIsLeftAlone() {
    heap = 50 << 20;
    checks(100, 0);
    assertThat(collections).isZero();
  }
}
