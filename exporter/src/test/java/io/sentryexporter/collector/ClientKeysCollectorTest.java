package io.sentryexporter.collector;

import io.sentryexporter.sentry.api.ClientKeys.ClientKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientKeysCollectorTest {
  private static final List<ClientKey> KEYS =
      List.of(
          new ClientKey("b2", Acme.WEB.id(), true, 0.5),
          new ClientKey("a1", Acme.WEB.id(), true, null),
          new ClientKey("c3", Acme.API.id(), false, 10.0),
          new ClientKey("d4", Acme.GONE, false, null));

  @Test
  void anOrganizationHasTheKeysOfAllProjects() {
    CollectorPage.assertMatches(
        "client_keys.organization.prom",
        ClientKeysCollector.TYPE,
        ClientKeysCollector.families(Acme.ORGANIZATION, KEYS));
  }

  @Test
  void aProjectHasItsOwnOnly() {
    CollectorPage.assertMatches(
        "client_keys.project.prom",
        ClientKeysCollector.TYPE,
        ClientKeysCollector.families(Acme.PROJECT, KEYS));
  }
}
