package io.sentryexporter.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Build information: version, revision and branch of the sources, and the Java that runs it.
public record BuildInfo(String version, String revision, String branch, String javaVersion) {

  /// Build information of the exporter, as the build wrote it into `build.properties`.
  public static BuildInfo ofThisProgram() {
    var properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("/build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties is missing from the jar");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildInfo(
        properties.getProperty("version", "unknown"),
        properties.getProperty("revision", "unknown"),
        properties.getProperty("branch", "unknown"),
        System.getProperty("java.version", "unknown"));
  }
}
