import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/// Runs google-java-format over the repository's Java files: `check` fails if one would change,
/// `apply` changes it.
public class Format {
  public static void main(String[] args) throws Exception {
    var command = new ArrayList<String>();
    switch (args[0]) {
      case "check" -> command.addAll(java.util.List.of("--dry-run", "--set-exit-if-changed"));
      case "apply" -> command.add("--replace");
      default -> throw new IllegalArgumentException("check or apply, not " + args[0]);
    }
    for (String folder : java.util.List.of("build", "exporter/src", "simulator/src")) {
      try (var files = Files.walk(Path.of(folder))) {
        files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(command::add);
      }
    }
    int status =
        new com.google.googlejavaformat.java.Main(
                new java.io.PrintWriter(System.out, true),
                new java.io.PrintWriter(System.err, true),
                System.in)
            .format(command.toArray(String[]::new));
    if (status != 0 && args[0].equals("check")) {
      System.err.println(
          "the files above are not formatted; run mvn -N process-sources -Dformat=apply");
    }
    System.exit(status);
  }
}
