package io.sentryexporter.simulator.world;

import io.sentryexporter.simulator.world.Traffic.Trait;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The organizations a demonstration shows.
final class Demo {
  /// @param errorsPerDay on an average day, 0 for a silent project
  /// @param traits its own, in addition to those of its organization
  record Plan(String slug, String platform, long errorsPerDay, Set<Trait> traits) {
    Plan(String slug, String platform, long errorsPerDay) {
      this(slug, platform, errorsPerDay, Set.of());
    }
  }

  /// @param zoneHours where the users live, in hours east of Greenwich, 0 to 23
  /// @param projects the first has the bad releases
  record Organization(
      String slug,
      int zoneHours,
      List<Plan> projects,
      Set<Trait> traits,
      Map<String, String> renamed) {}

  static final Organization ACME =
      new Organization(
          "acme",
          1,
          List.of(
              new Plan("web", "javascript-react", 41_000),
              new Plan("api", "python-django", 22_500),
              new Plan("mobile", "react-native", 18_200),
              new Plan("android", "android", 9_400),
              new Plan("ios", "apple-ios", 7_700),
              new Plan("checkout", "java-spring-boot", 3_900),
              new Plan("search", "go", 1_250),
              new Plan("billing", "ruby-rails", 640),
              new Plan("worker", "python-celery", 5_100),
              new Plan("gateway", "node-express", 2_800),
              new Plan("admin", "php-laravel", 320),
              new Plan("sandbox", "other", 0)),
          Set.of(),
          Map.of("website", "web"));

  static final Organization GLOBEX =
      new Organization(
          "globex",
          8,
          List.of(
              new Plan("storefront", "javascript-nextjs", 88_000),
              new Plan("orders", "java", 31_000, Set.of(Trait.CRASHES_OFTEN)),
              new Plan("payments", "dotnet-aspnetcore", 6_600),
              new Plan("inventory", "go", 2_450),
              new Plan("shipping", "python-flask", 4_300),
              new Plan("recommendations", "python", 12_700, Set.of(Trait.CRASHES)),
              new Plan("loyalty", "ruby", 980),
              new Plan("pos-terminal", "native", 15_900),
              new Plan("warehouse", "kotlin", 1_700),
              new Plan("emails", "node", 760),
              new Plan("partner-api", "rust", 410),
              new Plan("data-lake", "python", 2_050)),
          Set.of(Trait.OVER_QUOTA),
          Map.of());

  static final Organization INITECH =
      new Organization(
          "initech",
          17,
          List.of(
              new Plan("intranet", "php-symfony", 5_200),
              new Plan("reports", "java", 3_300),
              new Plan("timesheets", "dotnet", 1_900),
              new Plan("printer-queue", "native", 24_000, Set.of(Trait.LIMITED_ERRORS)),
              new Plan("directory", "ruby-rails", 410),
              new Plan("helpdesk", "javascript-vue", 2_600),
              new Plan("payroll", "java-spring", 310),
              new Plan("scheduler", "go", 880),
              new Plan("archive", "python", 120),
              new Plan("vpn-portal", "node-koa", 1_040),
              new Plan("desktop", "electron", 7_300, Set.of(Trait.LIMITED_TRANSACTIONS)),
              new Plan("migration", "python", 45)),
          Set.of(),
          Map.of());

  private Demo() {}
}
