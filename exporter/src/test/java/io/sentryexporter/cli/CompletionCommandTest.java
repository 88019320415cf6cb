package io.sentryexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentryexporter.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `sentry_exporter completion`: what bash completes with the script that is printed.
class CompletionCommandTest {
  @TempDir Path work = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sentry_exporter ch                   | check-config",
        "sentry_exporter migr                 | migrate",
        "sentry_exporter --config.f           | --config.file",
        "sentry_exporter --web.enable-l       | --web.enable-lifecycle",
        "sentry_exporter probe --form         | --format",
        "sentry_exporter migrate --prom       | --prometheus.file",
        "sentry_exporter nothing              | ''",
      })
  void bashCompletesCommandsAndFlags(String words, String completed) throws IOException {
    var program = new ProgramRun();
    assertThat(program.run("completion")).as(program.err()).isZero();
    Path script = Files.writeString(work.resolve("completion.bash"), program.out());

    assertThat(completions(work, script, List.of(words.split(" ", -1))).strip())
        .isEqualTo(completed);
  }

  /// What bash would show, with the function that is registered for the program.
  static String completions(Path work, Path script, List<String> words) {
    String command =
        """
        source "$1"; shift
        compopt() { :; } # which bash allows while it completes only
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        function=$(complete -p sentry_exporter | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        "$function" sentry_exporter "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    var line = new ArrayList<Object>(List.of("bash", "-c", command, "bash", script));
    line.addAll(words);
    return Program.read(Program.NO_INPUT, work, line.toArray());
  }
}
