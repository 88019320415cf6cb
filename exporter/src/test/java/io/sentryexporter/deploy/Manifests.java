package io.sentryexporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Objects of Kubernetes as YAML, each read into its typed model: a field that Kubernetes or the
/// Prometheus Operator does not have fails.
record Manifests(String yaml, List<Manifest> all) {
  private static final Map<String, String> PACKAGES =
      Map.of(
          "v1", "io.fabric8.kubernetes.api.model.",
          "apps/v1", "io.fabric8.kubernetes.api.model.apps.",
          "networking.k8s.io/v1", "io.fabric8.kubernetes.api.model.networking.v1.",
          "monitoring.coreos.com/v1", "io.fabric8.openshift.api.model.monitoring.v1.",
          "monitoring.coreos.com/v1alpha1", "io.fabric8.openshift.api.model.monitoring.v1alpha1.");

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(new Strict())
          .build();

  /// Without the model's own places for fields that it does not know.
  private static final class Strict extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated member) {
      return false;
    }
  }

  /// One object, as a tree of maps, lists and values.
  record Manifest(Map<?, ?> tree) {
    String kind() {
      return Objects.toString(tree.get("kind"));
    }

    String name() {
      return text("metadata", "name");
    }

    /// What is at a path of keys, and indices of lists; null if nothing is.
    @Nullable Object at(Object... path) {
      @Nullable Object at = tree;
      for (Object step : path) {
        at =
            switch (at) {
              case Map<?, ?> map -> map.get(step);
              case List<?> list when step instanceof Integer index && index < list.size() ->
                  list.get(index);
              case null, default -> null;
            };
      }
      return at;
    }

    String text(Object... path) {
      return Objects.toString(at(path));
    }
  }

  /// Reads documents of YAML.
  static Manifests read(String yaml) {
    var manifests = new ArrayList<Manifest>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document instanceof Map<?, ?> tree) {
        check(tree);
        manifests.add(new Manifest(tree));
      }
    }
    return new Manifests(yaml, manifests);
  }

  private static void check(Map<?, ?> tree) {
    String version = Objects.toString(tree.get("apiVersion"));
    assertThat(PACKAGES).as("%s", tree).containsKey(version);
    try {
      Object typed =
          STRICT.convertValue(tree, Class.forName(PACKAGES.get(version) + tree.get("kind")));
      assertThat(typed).isNotNull();
    } catch (ClassNotFoundException | IllegalArgumentException e) {
      throw new AssertionError(tree + ": " + e.getMessage(), e);
    }
  }

  List<String> kinds() {
    return all.stream().map(Manifest::kind).sorted().toList();
  }

  /// The only object of a kind.
  Manifest only(String kind) {
    var found = all.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }
}
