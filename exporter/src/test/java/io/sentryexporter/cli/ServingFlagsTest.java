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

  @ParameterizedTest
  @CsvSource({
    "--web.max-requests=512, LIFECYCLE DEBUG_PAGES",
    "--web.enable-lifecycle --web.enable-debug-pages, LIFECYCLE DEBUG_PAGES",
    "--no-web.enable-lifecycle, DEBUG_PAGES",
    "--web.enable-lifecycle=false, DEBUG_PAGES",
    "--no-web.enable-debug-pages, LIFECYCLE",
    "--no-web.enable-debug-pages --no-web.enable-lifecycle, ''",
  })
  void partsAreOnUnlessTheyAreNegated(String arguments, String parts) throws UsageException {
    var flags = new Flags();
    var serving = ServingFlags.in(flags);
    new CommandLine(flags.command("serve", "", () -> 0)).parseArgs(arguments.split(" ", -1));

    assertThat(serving.options(":9412", null).web().parts())
        .extracting(Enum::name)
        .containsExactlyInAnyOrder(parts.isEmpty() ? new String[0] : parts.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "https://Proxy.Example:443/x, https://proxy.example",
    "http://proxy.example:80, http://proxy.example",
    "https://proxy.example:8443/, https://proxy.example:8443",
  })
  void theExternalOriginIsWrittenAsBrowsersDo(String url, String origin) throws UsageException {
    var flags = new Flags();
    var serving = ServingFlags.in(flags);
    new CommandLine(flags.command("serve", "", () -> 0)).parseArgs("--web.external-url=" + url);

    assertThat(serving.options(":9412", null).web().externalOrigin()).isEqualTo(origin);
  }
}
