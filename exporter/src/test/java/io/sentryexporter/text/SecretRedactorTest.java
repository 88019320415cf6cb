package io.sentryexporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRedactorTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sntryu_0123456789abcdef",
        "SNTRYU_0123456789ABCDEF",
        "sntrys_eyJpYXQiOjE2OD.x/y+z=",
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "aB3dE6gH9jK2mN5pQ8sT1vW4"
      })
  void whatLooksLikeATokenIsHidden(String token) {
    assertThat(SecretRedactor.hasToken("x " + token)).isTrue();
    assertThat(SecretRedactor.hideTokens("unknown: '--token=" + token + "', more"))
        .isEqualTo("unknown: '--token=<secret>', more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://0123456789abcdef@o1.ingest.sentry.example/2",
        "http://me:password@sentry.example"
      })
  void theUserOfAUrlIsHidden(String url) {
    assertThat(SecretRedactor.hideTokens(url))
        .contains("://<secret>@")
        .doesNotContain("abcdef", "me:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "production-eu-west-1-sessions-and-outcomes-2026",
        "/etc/sentry_exporter/exporter-2026-11-29.yml",
        "--web.created-timestamps",
        "refresh_interval_of_organization_statistics",
        "https://sentry.example/api/0/projects/acme/",
        "sentryu"
      })
  void namesPathsAndFlagsAreNoTokens(String text) {
    assertThat(SecretRedactor.hideTokens(text)).isEqualTo(text);
    assertThat(SecretRedactor.hasToken(text)).isFalse();
  }
}
