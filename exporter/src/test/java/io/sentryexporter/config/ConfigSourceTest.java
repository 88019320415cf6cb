package io.sentryexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.sentry.Instance.Credentials;
import io.sentryexporter.text.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSourceTest {
  private static final Map<String, String> TOKEN = Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0123456789abcdef | file | '' | environment: SENTRY_AUTH_TOKEN_FILE: set together with"
            + " SENTRY_AUTH_TOKEN; unset one of them",
        "Bearer CANARY | '' | '' | environment: SENTRY_AUTH_TOKEN: begins with \"Bearer\"; write"
            + " the token alone",
        "0123456789abcdef | '' | CANARY | environment: SENTRY_URL: begins neither with https:// nor"
            + " with http://; write one like https://sentry.io",
      })
  void aVariableThatCannotBeIsAnErrorAndIsNotQuoted(
      String token, String file, String url, String message) {
    var environment =
        Map.of("SENTRY_AUTH_TOKEN", token, "SENTRY_AUTH_TOKEN_FILE", file, "SENTRY_URL", url);

    var reading = new ConfigSource(file(), false, environment).get();

    assertThat(reading.config()).isNull();
    assertThat(reading.problems()).singleElement().hasToString(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"0123456789abcdef\" | error: has quotes in it",
        "'0123456789abcdef | error: has quotes in it",
        "0123456789abcde | error: is shorter than 16 characters",
        "sntrys_0123456789abcdef | warning: an organization token (sntrys_) has no scope but"
            + " org:ci; create an internal integration in Sentry, under Settings, Developer"
            + " Settings, with read access to organization, project, and issue & event, and use its"
            + " token",
        "https://0123456789abcdef@o1.ingest.sentry.io/2 | warning: a DSN sends events and reads"
            + " nothing; create an internal integration in Sentry, under Settings, Developer"
            + " Settings, with read access to organization, project, and issue & event, and use its"
            + " token",
      })
  void aTokenThatCannotServeIsReportedAtLoad(String token, String message) throws IOException {
    var ofVariable =
        new ConfigSource(file(), false, Map.of("SENTRY_AUTH_TOKEN", token)).get().problems();
    assertThat(ofVariable)
        .singleElement()
        .hasToString(
            message.startsWith("error: ")
                ? "environment: SENTRY_AUTH_TOKEN: "
                    + message.substring("error: ".length())
                    + "; write the token, the whole and nothing else"
                : "environment: warning: SENTRY_AUTH_TOKEN: " + message.substring(9));
    Path tokenFile = Files.writeString(folder.resolve("token"), token);
    assertThat(
            new ConfigSource(file(), false, Map.of("SENTRY_AUTH_TOKEN_FILE", tokenFile.toString()))
                .get()
                .problems())
        .singleElement()
        .asString()
        .contains("warning: ", message.substring(message.indexOf(' ') + 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SENTRY_BASE_URL | environment: SENTRY_BASE_URL: a variable of another exporter, and"
            + " SENTRY_URL is not set; write SENTRY_URL",
        "SENTRY_API_BASE_URL | environment: SENTRY_API_BASE_URL: a variable of another exporter,"
            + " and SENTRY_URL is not set; write SENTRY_URL",
        "SENTRY_EXPORTER_API_URL | environment: SENTRY_EXPORTER_API_URL: a variable of another"
            + " exporter, and SENTRY_URL is not set; write SENTRY_URL",
        "SENTRY_EXPORTER_ORGANISATION_NAME | environment: warning:"
            + " SENTRY_EXPORTER_ORGANISATION_NAME: not read, a variable of other programs; write"
            + " SENTRY_ORGANIZATIONS",
        "SENTRY_HOST | environment: warning: SENTRY_HOST: not read, a variable of other programs;"
            + " write SENTRY_URL, with https:// before the host",
        "SENTRY_EXPORTER_ORG | environment: warning: SENTRY_EXPORTER_ORG: not read, a variable of"
            + " other programs; write SENTRY_ORGANIZATIONS",
        "SENTRY_ORG | environment: warning: SENTRY_ORG: not read, a variable of other programs;"
            + " write SENTRY_ORGANIZATIONS",
      })
  void aVariableOfAnotherProgramIsReportedWithItsEquivalent(String name, String message) {
    for (String token : List.of("", "0123456789abcdef")) {
      var reading =
          new ConfigSource(file(), false, Map.of(name, "acme", "SENTRY_AUTH_TOKEN", token)).get();
      assertThat(reading.problems()).singleElement().hasToString(message);
      assertThat(reading.config() == null).isEqualTo(name.endsWith("_URL"));
    }
    assertThat(
            new ConfigSource(
                    file(),
                    false,
                    Map.of(
                        name,
                        "acme",
                        "SENTRY_AUTH_TOKEN",
                        "0123456789abcdef",
                        "SENTRY_URL",
                        "https://sentry.example.org",
                        "SENTRY_ORGANIZATIONS",
                        "acme"))
                .get()
                .problems())
        .isEmpty();
  }

  @Test
  void anotherProgramsTokenIsReportedWhereTheExporterHasNone() throws IOException {
    String message =
        "warning: SENTRY_TOKEN: not read, a variable of other programs; write SENTRY_AUTH_TOKEN";
    var environment = Map.of("SENTRY_TOKEN", "0123456789abcdef");
    assertThat(new ConfigSource(file(), false, environment).get().problems())
        .singleElement()
        .hasToString("environment: " + message);
    Files.writeString(file(), "modules: {sentry: {prober: sentry}}");
    assertThat(new ConfigSource(file(), false, environment).get().problems())
        .extracting(Object::toString)
        .anyMatch(problem -> problem.endsWith(message));
  }

  @Test
  void aFileOfTheOldExportersLoadsWithVariablesOfOtherPrograms() throws IOException {
    Files.writeString(
        file(),
        "modules: {sentry: {prober: http, http: {prefix: 'https://x.example/api/0/projects/',"
            + " headers: {Authorization: Bearer 0123456789abcdef}}}}");
    assertThat(
            new ConfigSource(file(), false, Map.of("SENTRY_BASE_URL", "https://x.example"))
                .get()
                .problems())
        .isEmpty();
  }

  @Test
  void theEnvironmentsOrganizationsAreTheAllowListOfTheBuiltInConfiguration() {
    var environment =
        Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_ORGANIZATIONS", "acme, globex");

    var config = requireNonNull(new ConfigSource(file(), false, environment).get().config());

    assertThat(requireNonNull(config.instances().get("default")).organizations())
        .containsExactlyInAnyOrder("acme", "globex");
  }

  @Test
  void noOrganizationsInTheEnvironmentAllowAllThatTheTokenSees() {
    var environment = Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_ORGANIZATIONS", " ");

    var config = requireNonNull(new ConfigSource(file(), false, environment).get().config());

    assertThat(requireNonNull(config.instances().get("default")).organizations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acme,,globex | \"\" is not the slug or id of an organization; write it as in Sentry's"
            + " URLs, such as acme, or a pattern such as my-*",
        "acme, | \"\" is not the slug or id of an organization; write it as in Sentry's URLs, such"
            + " as acme, or a pattern such as my-*",
        "acme/web | \"acme/web\" is not the slug or id of an organization; write it as in Sentry's"
            + " URLs, such as acme, or a pattern such as my-*",
      })
  void anOrganizationOfTheEnvironmentThatCannotBeIsAnError(String slugs, String message) {
    var environment =
        Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_ORGANIZATIONS", slugs);

    var reading = new ConfigSource(file(), false, environment).get();

    assertThat(reading.config()).isNull();
    assertThat(reading.problems())
        .singleElement()
        .hasToString("environment: SENTRY_ORGANIZATIONS: " + message);
  }

  @Test
  void theEnvironmentsOrganizationsServeADefaultInstanceThatNamesNone() throws IOException {
    Files.writeString(
        file(),
        """
        instances: {default: {auth_token: "0123456789abcdef"}}
        modules: {sentry: {prober: sentry}}
        """);

    var reading = new ConfigSource(file(), false, Map.of("SENTRY_ORGANIZATIONS", "acme")).get();

    assertThat(reading.problems()).isEmpty();
    var instance = requireNonNull(requireNonNull(reading.config()).instances().get("default"));
    assertThat(instance.organizations()).containsExactly("acme");
  }

  @Test
  void organizationsOfTheEnvironmentThatNoInstanceTakesAreWarnedOf() throws IOException {
    Files.writeString(
        file(), "modules: {sentry: {prober: http, http: {prefix: 'https://x.example/'}}}");

    var reading = new ConfigSource(file(), false, Map.of("SENTRY_ORGANIZATIONS", "acme")).get();

    assertThat(reading.problems())
        .extracting(Object::toString)
        .anyMatch(problem ->
            problem.contains("warning: SENTRY_ORGANIZATIONS: is for the instance \"default\""));
  }

  @Test
  void withoutFileAndTokenThereIsNothing() {
    assertThat(new ConfigSource(file(), false, Map.of("SENTRY_AUTH_TOKEN", " ")).get().config())
        .isEqualTo(Config.NOTHING);
  }

  @Test
  void aNamedFileHasToBeThere() {
    assertThat(new ConfigSource(file(), true, TOKEN).get().problems())
        .singleElement()
        .asString()
        .contains("no such file");
  }

  @Test
  void theEnvironmentsTokenServesADefaultInstanceThatHasNone() throws IOException {
    Files.writeString(
        file(),
        """
        instances: {default: {url: "https://sentry.example.org"}}
        modules: {sentry: {prober: sentry}}
        """);

    var config = requireNonNull(new ConfigSource(file(), false, TOKEN).get().config());

    var instance = requireNonNull(config.instances().get("default"));
    assertThat(instance.url()).isEqualTo(URI.create("https://sentry.example.org"));
    assertThat(instance.credentials())
        .isEqualTo(new Credentials.Token(new Secret("0123456789abcdef")));
  }

  @Test
  void aVariableThatTheFileOverrulesIsWarnedOf() throws IOException {
    Files.writeString(
        file(),
        """
        instances:
          default: {url: "https://sentry.io", auth_token: "0123456789abcdef", organizations: [acme]}
        modules: {sentry: {prober: sentry}}
        """);
    var both =
        Map.of(
            "SENTRY_AUTH_TOKEN",
            "0123456789abcdef",
            "SENTRY_URL",
            "https://sentry.example.org",
            "SENTRY_ORGANIZATIONS",
            "globex");

    assertThat(new ConfigSource(file(), false, both).get().problems())
        .extracting(Object::toString)
        .satisfiesExactly(
            url -> assertThat(url).contains("stands here, so the variable SENTRY_URL is not used"),
            token ->
                assertThat(token).contains("stands here, so the token of the environment is not"),
            organizations ->
                assertThat(organizations)
                    .contains("stands here, so the variable SENTRY_ORGANIZATIONS is not used"));
  }

  @Test
  void theExampleLeavesServerAndTokenToTheEnvironment() {
    var both =
        Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_URL", "https://sentry.example.org");
    var example = Path.of("examples/sentry_exporter.yml");

    var reading = new ConfigSource(example, true, both).get();

    assertThat(reading.problems()).isEmpty();
    var instance = requireNonNull(requireNonNull(reading.config()).instances().get("default"));
    assertThat(instance.url()).isEqualTo(URI.create("https://sentry.example.org"));
  }

  @Test
  void aTokensFileThatIsNotThereYetIsWarnedOf() {
    var variables = Map.of("SENTRY_AUTH_TOKEN_FILE", folder.resolve("none").toString());

    assertThat(new ConfigSource(file(), false, variables).get().problems())
        .extracting(Object::toString)
        .containsExactly(
            "environment: warning: SENTRY_AUTH_TOKEN_FILE: there is no such file; write Sentry's"
                + " token into it, and nothing else; probes fail with reason auth until then");
  }

  @Test
  void aFileOfTheOldExportersLoadsInAnyEnvironment() throws IOException {
    Files.writeString(file(), "modules: {sentry: {prober: http}}");
    var both = Map.of("SENTRY_AUTH_TOKEN", "0123456789abcdef", "SENTRY_AUTH_TOKEN_FILE", "file");

    var config = requireNonNull(new ConfigSource(file(), false, both).get().config());

    assertThat(config.instances()).isEmpty();
    assertThat(config.modules()).containsOnlyKeys("sentry");
  }

  private Path file() {
    return folder.resolve("sentry_exporter.yml");
  }
}
