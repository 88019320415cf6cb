package io.sentryexporter;

import io.sentryexporter.cli.CommandLineInterface;

/// The program's entry.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(CommandLineInterface.run(args, System.getenv(), System.out, System.err));
  }
}
