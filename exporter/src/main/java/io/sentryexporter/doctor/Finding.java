package io.sentryexporter.doctor;

import io.sentryexporter.sentry.model.Reason;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a step has found.
///
/// @param subject what was examined, such as `instance default`
/// @param step such as `dns`
/// @param text never has a secret
/// @param fix what to click or write; empty if there is nothing to do, or the text has it
/// @param took duration of the step; of several findings of a step, at the first
public record Finding(
    String subject, String step, Grade grade, String text, String fix, Duration took) {
  /// How good it is.
  public enum Grade {
    OK,
    /// Nothing fails for now.
    WARNING,
    /// Probes will fail.
    FAILURE,
    /// Not examined.
    SKIPPED
  }

  /// Writes findings as JSON, with the numbers of failures and warnings.
  public static void json(List<Finding> findings, OutputStream out) {
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeNumberProperty("failures", count(Grade.FAILURE, findings));
      json.writeNumberProperty("warnings", count(Grade.WARNING, findings));
      json.writeArrayPropertyStart("findings");
      for (Finding each : findings) {
        json.writeRaw('\n');
        json.writeStartObject();
        json.writeStringProperty("subject", each.subject());
        json.writeStringProperty("step", each.step());
        json.writeStringProperty("grade", each.grade().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("text", each.text());
        json.writeStringProperty("fix", each.fix());
        json.writeNumberProperty("seconds", each.took().toMillis() / 1e3);
        json.writeEndObject();
      }
      json.writeRaw('\n');
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  /// The number of findings of a grade.
  public static long count(Grade grade, List<Finding> findings) {
    return findings.stream().filter(each -> each.grade() == grade).count();
  }

  /// The findings of one step, as they are made.
  public static final class Made {
    private final String subject;
    private final String step;
    private final List<Finding> findings = new ArrayList<>();

    Made(String subject, String step) {
      this.subject = subject;
      this.step = step;
    }

    List<Finding> findings() {
      return List.copyOf(findings);
    }

    void ok(String text) {
      add(step, Grade.OK, text, "", Duration.ZERO);
    }

    void warning(String text, String fix) {
      add(step, Grade.WARNING, text, fix, Duration.ZERO);
    }

    void failure(String text, String fix) {
      add(step, Grade.FAILURE, text, fix, Duration.ZERO);
    }

    /// A failure with the remedy of its reason.
    void failure(String text, Reason reason) {
      failure(text, reason.remedy().replace("`", ""));
    }

    void skipped(String text) {
      add(step, Grade.SKIPPED, text, "", Duration.ZERO);
    }

    /// A finding of a part of the step, with a time of its own.
    void add(String part, Grade grade, String text, String fix, Duration took) {
      findings.add(new Finding(subject, part, grade, text, fix, took));
    }
  }
}
