package io.sentryexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.probe.HttpProber.HttpTarget;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTargetTest {

  @ParameterizedTest
  @CsvSource({
    "https://s/api/0/projects/, acme/web, https://s/api/0/projects/acme/web/stats/",
    "https://s/api/0/projects, acme/web, https://s/api/0/projects/acme/web/stats/",
    "https://s/api/0/projects/, /acme/web, https://s/api/0/projects//acme/web/stats/",
    "https://s/api/0/projects/acme, web, https://s/api/0/projects/acme/web/stats/",
    "https://s/api/0/projects/acme, we/b, https://s/api/0/projects/acmewe/b/stats/",
    "https://s/api/0/projects/acme/we, b, https://s/api/0/projects/acme/web/stats/",
    "https://s/api/0/organizations, acme, https://s/api/0/organizations/acme/stats/",
    "https://s/t/api/0/projects, acme/web, https://s/t/api/0/projects/acme/web/stats/",
    "https://s/, a b, https://s/a%20b/stats/",
    "https://s/, ü, https://s/%C3%BC/stats/",
  })
  void prefixAndTargetAreJoinedAndASlashPutWhereTheDocumentationForgotIt(
      String prefix, String target, String address) {
    assertThat(HttpTarget.address(URI.create(prefix), target)).hasToString(address);
  }

  @ParameterizedTest
  @CsvSource({
    "https://s:9000/api/0/projects, @evil.example/x",
    "https://s:9000/api/0/projects, .evil.example/x",
    "https://s:9000/api/0/projects, :80/x",
    "https://s:9000/api/0/projects/, //evil.example/x",
    "https://s:9000/api/0/projects/, https://evil.example/x",
    "https://s:9000/, //evil.example/x",
    "https://s:9000/, @evil.example",
    "https://s:9000, x",
    "https://s:9000, //evil.example/x",
    "https://s:9000, .evil.example",
    "https://s:9000, @evil.example/x",
    "https://s:9000, :80",
  })
  void theServerIsThatOfThePrefixForAnyTarget(String prefix, String target) {
    var address = HttpTarget.address(URI.create(prefix), target);
    assertThat(address).hasScheme("https").hasAuthority("s:9000");
  }

  @ParameterizedTest
  @CsvSource({
    "..", "a/../b", ".", "./a", "a/./b", "a/.", "a?b", "a#b", "a\\b", "a%2Fb",
  })
  void whatCouldLeaveThePathIsAFault(String target) {
    assertThat(HttpTarget.fault(target)).startsWith("must not contain ");
  }
}
