package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ServingFlagsTest {
  @ParameterizedTest
  @CsvSource({
    "--web.route-prefix=/x, /x, /x",
    "--web.route-prefix=x/, /x, /x",
    "--web.route-prefix=/, '', ''",
    "--web.external-url=https://proxy.example/prom/, /prom, /prom",
    "--web.external-url=https://proxy.example/prom --web.route-prefix=/, '', /prom",
    "--web.external-url=https://proxy.example --web.route-prefix=/in, /in, ''",
  })
  void linksLeadToTheRoutesUnlessThereIsAnExternalUrl(
      String arguments, String route, String external) throws UsageException {
    var flags = new ServingFlags();
    var command = CommandSpec.create();
    flags.addTo(command);
    new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments.split(" ", -1));

    var web = flags.options(":9412", false).web();

    assertThat(web.routePrefix()).isEqualTo(route);
    assertThat(web.externalPath()).isEqualTo(external);
  }
}
