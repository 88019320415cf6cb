package io.sentryexporter.simulator;

import io.sentryexporter.simulator.options.Installation;
import io.sentryexporter.simulator.options.ServerOptions;
import io.sentryexporter.simulator.world.Delivery;
import io.sentryexporter.simulator.world.SimulatedWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The simulated Sentry as a program: for benchmarks, and to develop against.
///
/// Flags: `--listen-address=127.0.0.1:9413`, `--seed=1`, `--latency=0` (milliseconds), `--lag=0`
/// (seconds that every other answer is behind, with events that are late as at Sentry),
/// `--projects=0` (of an additional organization `big`), `--organizations=0` (additional ones, of
/// two projects each), `--keystore=FILE` (PKCS #12 with the password "changeit", for HTTPS).
public final class Main {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--listen-address", "127.0.0.1:9413",
          "--seed", "1",
          "--latency", "0",
          "--lag", "0",
          "--projects", "0",
          "--organizations", "0",
          "--keystore", "");
  private static final char[] PASSWORD = "changeit".toCharArray();

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    try (var sentry = start(flags(args))) {
      System.out.println("simulated Sentry on " + sentry.url() + " until Ctrl-C");
      Thread.currentThread().join();
    } catch (IllegalArgumentException
        | IOException
        | UncheckedIOException
        | GeneralSecurityException e) {
      System.err.println("sentry_simulator: " + e.getMessage());
      System.exit(1);
    }
  }

  private static Map<String, String> flags(String[] args) {
    var flags = new HashMap<>(DEFAULTS);
    for (String arg : args) {
      int end = arg.indexOf('=');
      if (end < 0 || flags.put(arg.substring(0, end), arg.substring(end + 1)) == null) {
        throw new IllegalArgumentException(
            arg + ": unknown flag; write one of " + DEFAULTS.keySet() + ", as --seed=1");
      }
    }
    return flags;
  }

  private static String flag(Map<String, String> flags, String name) {
    return Objects.requireNonNull(flags.get(name), name);
  }

  private static SimulatedSentry start(Map<String, String> flags)
      throws IOException, GeneralSecurityException {
    String address = flag(flags, "--listen-address");
    int colon = address.lastIndexOf(':');
    var options =
        ServerOptions.onLoopback(InstantSource.system())
            .withInstallation(Installation.SELF_HOSTED) // no limits: it is there to be probed
            .withAddress(InetAddress.getByName(address.substring(0, Math.max(colon, 0))))
            .withPort(Integer.parseInt(address.substring(colon + 1)))
            .withLatency(Duration.ofMillis(Long.parseLong(flag(flags, "--latency"))))
            .withDelivery(delivery(Duration.ofSeconds(Long.parseLong(flag(flags, "--lag")))));
    var tls = tls(flag(flags, "--keystore"));
    var world =
        SimulatedWorld.demo(
            Long.parseLong(flag(flags, "--seed")), Integer.parseInt(flag(flags, "--projects")));
    for (int i = 1; i <= Integer.parseInt(flag(flags, "--organizations")); i++) {
      world = world.withOrganization("organization-%03d".formatted(i), 2);
    }
    return SimulatedSentry.start(world, tls == null ? options : options.withTls(tls));
  }

  private static Delivery delivery(Duration lag) {
    return lag.isZero() ? Delivery.AT_ONCE : Delivery.LATE.withLag(lag);
  }

  private static @Nullable SSLContext tls(String keystore)
      throws IOException, GeneralSecurityException {
    if (keystore.isEmpty()) {
      return null;
    }
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(Path.of(keystore))) {
      keys.load(in, PASSWORD);
    }
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
