package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.cli.Flags.UsageException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

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
    var flags = new Flags();
    var serving = ServingFlags.in(flags);
    new CommandLine(flags.command("serve", "", () -> 0)).parseArgs(arguments.split(" ", -1));

    var web = serving.options(":9412", null).web();

    assertThat(web.routePrefix()).isEqualTo(route);
    assertThat(web.externalPath()).isEqualTo(external);
  }
}
