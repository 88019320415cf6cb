package io.sentryexporter.sentry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Why a request failed, and how long that is remembered.
class ReasonTest {
  @ParameterizedTest
  @CsvSource({
    "299, REJECTED",
    "300, REDIRECT",
    "399, REDIRECT",
    "400, REJECTED",
    "401, AUTH",
    "403, SCOPE",
    "404, NOT_FOUND",
    "410, NOT_FOUND",
    "418, REJECTED",
    "429, RATE_LIMITED",
    "499, REJECTED",
    "500, UPSTREAM_5XX",
    "599, UPSTREAM_5XX",
  })
  void aStatusHasItsReason(int status, Reason reason) {
    var failure = SentryException.ofStatus("no", status, 7);

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.contentLength()).isEqualTo(7);
    assertThat(failure.isWithoutTurn()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELLED, 0",
    "AUTH, 0",
    "NOT_ALLOWED, 0",
    "NOT_SENTRY, 60",
    "UNSUPPORTED, 60",
    "TIMEOUT, 10",
    "UPSTREAM_5XX, 10",
  })
  void aFailureIsRememberedAsLongAsItsReasonIs(Reason reason, int seconds) {
    assertThat(new SentryException(reason, "no").remembered())
        .isEqualTo(Duration.ofSeconds(seconds));
    assertThat(new SentryException(Reason.PARSE, "no").because(reason).remembered())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"299999, 299999", "300000, 300000", "300001, 300000"})
  void aRequestWithoutATurnIsNotSentAgainBeforeItsTurnOrForFiveMinutes(int wait, int remembered) {
    var failure = SentryException.noTurn("no turn", Duration.ofMillis(wait));

    assertThat(failure).hasMessage("no turn; the next request may go in " + wait + " ms");
    assertThat(failure.remembered()).isEqualTo(Duration.ofMillis(remembered));
    assertThat(failure.isWithoutTurn()).isTrue();
  }

  @Test
  void aFailureInOtherWordsIsTheSameFailure() {
    var failure =
        SentryException.ofStatus("no", 404, 12)
            .inSentrysWords()
            .rememberedFor(Duration.ofHours(1))
            .withMessage("no such organization");

    assertThat(failure).hasMessage("no such organization");
    assertThat(failure.isSentrysWord()).isTrue();
    assertThat(failure.remembered()).isEqualTo(Duration.ofHours(1));
    assertThat(failure.because(Reason.UNSUPPORTED).isSentrysWord()).isTrue();
    assertThat(SentryException.ofStatus("no", 404, 12).isSentrysWord()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aReasonHasALabelAndSentencesOnWhatItMeansAndWhatToDo(Reason reason) {
    assertThat(reason.label()).isEqualTo(reason.name().toLowerCase(Locale.ROOT));
    assertThat(reason.meaning()).endsWith(".");
    assertThat(reason.remedy()).endsWith(".");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsRememberedHasAnOccasionAndAnEffect(Lifetime lifetime) {
    assertThat(lifetime.occasion()).isNotBlank();
    assertThat(lifetime.effect()).isNotBlank();
  }

  @Test
  void whatIsRememberedEndsWithItsTime() {
    long hour = Duration.ofHours(1).toNanos();

    assertThat(Lifetime.ABSENT.covers(-5, hour - 6)).isTrue();
    assertThat(Lifetime.ABSENT.covers(-5, hour - 5)).isFalse();
  }
}
