package dev.freshet.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.freshet.ops.cli.SettingsLoader;
import dev.freshet.ops.listen.Listening;
import dev.freshet.ops.listen.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifests are YAML, name each other rightly, and hold what a run needs of a cluster. */
final class KubernetesManifestsTest {
    private static final Path FOLDER = Repository.ROOT.resolve("ops/deploy/kubernetes");

    private final List<Map<?, ?>> manifests = manifests();

    @TempDir
    private Path folder;

    @Test
    void everyDocumentHasAKindAVersionAndAName() {
        assertThat(manifests).hasSizeGreaterThanOrEqualTo(5).allSatisfy(manifest -> {
            assertThat(at(manifest, "apiVersion")).isInstanceOf(String.class);
            assertThat(at(manifest, "kind")).isInstanceOf(String.class);
            assertThat(at(manifest, "metadata", "name")).isInstanceOf(String.class);
        });
    }

    @Test
    void serviceAndBudgetAreForThePodOfTheRun() {
        Object labels = at(kind("StatefulSet"), "spec", "template", "metadata", "labels");
        assertThat(at(kind("StatefulSet"), "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(kind("Service"), "spec", "selector")).isEqualTo(labels);
        assertThat(at(kind("PodDisruptionBudget"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(at(kind("StatefulSet"), "spec", "serviceName")).isEqualTo(at(kind("Service"), "metadata", "name"));
    }

    @Test
    void whatThePodMountsIsShippedOrClaimed() {
        List<?> volumes = (List<?>) at(kind("StatefulSet"), "spec", "template", "spec", "volumes");
        assertThat(volumes)
                .extracting(volume -> find(volume, "configMap", "name"))
                .contains(find(kind("ConfigMap"), "metadata", "name"));
        assertThat(volumes)
                .extracting(volume -> find(volume, "secret", "secretName"))
                .contains(find(kind("Secret"), "metadata", "name"));
        List<Object> names = new ArrayList<>();
        volumes.forEach(volume -> names.add(at(volume, "name")));
        List<?> claims = (List<?>) at(kind("StatefulSet"), "spec", "volumeClaimTemplates");
        claims.forEach(claim -> names.add(at(claim, "metadata", "name")));
        assertThat((List<?>) at(container(), "volumeMounts"))
                .isNotEmpty()
                .allSatisfy(mount -> assertThat(names).contains(at(mount, "name")));
    }

    @Test
    void theContainerHasProbesAndNoPrivileges() {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat((List<?>) at(container(), probe, "exec", "command"))
                    .first()
                    .isEqualTo("/opt/freshet/ops/deploy/health");
        }
        assertThat(at(kind("StatefulSet"), "spec", "template", "spec", "securityContext", "runAsNonRoot"))
                .isEqualTo(true);
        assertThat(at(container(), "securityContext", "readOnlyRootFilesystem")).isEqualTo(true);
        assertThat(at(container(), "securityContext", "allowPrivilegeEscalation"))
                .isEqualTo(false);
        assertThat((String) at(container(), "image")).doesNotEndWith(":latest").contains(":");
    }

    @Test
    void thePodHasTimeToDrain() {
        assertThat((Integer) at(kind("StatefulSet"), "spec", "template", "spec", "terminationGracePeriodSeconds"))
                .as("62 minutes with the default settings")
                .isGreaterThan(62 * 60);
    }

    @Test
    void theSecretIsAnExampleThatNobodyCouldUse() {
        assertThat(((Map<?, ?>) at(kind("Secret"), "stringData")).values())
                .isNotEmpty()
                .allMatch(value -> value.toString().startsWith("replace-me"));
    }

    @Test
    void controlAndMetricsListenForTheServiceWithWhatTheSecretHolds() throws IOException {
        Path file = Files.writeString(folder.resolve("run.conf"), (String) at(kind("ConfigMap"), "data", "run.conf"));
        Config config = new SettingsLoader().load(file, List.of());
        Path mounted = Path.of((String) at(mount("control"), "mountPath"));
        Set<Object> inSecret = Set.copyOf(((Map<?, ?>) at(kind("Secret"), "stringData")).keySet());

        for (String name : List.of("control", "metrics")) {
            Listening listening = Listening.from(config, "freshet." + name);
            assertThat(listening.address().isLoopback()).as(name).isFalse();
            assertThat(elements(container(), "ports"))
                    .contains(Map.of(
                            "name", name, "containerPort", listening.address().port()));
            assertThat(elements(kind("Service"), "spec", "ports"))
                    .contains(Map.of("name", name, "port", listening.address().port(), "targetPort", name));
            TlsFiles tls = listening.tls().orElseThrow();
            assertThat(List.of(
                            tls.certificate(),
                            tls.privateKey(),
                            listening.tokenFile().orElseThrow()))
                    .allSatisfy(path -> {
                        assertThat(path.getParent()).isEqualTo(mounted);
                        assertThat(inSecret).contains(path.getFileName().toString());
                    });
        }
        assertThat(elements(container(), "env"))
                .contains(Map.of("name", "FRESHET_TLS_CA", "value", mounted + "/ca.crt"))
                .contains(Map.of("name", "FRESHET_TOKEN_FILE", "value", mounted + "/token"));
        assertThat(inSecret).contains("ca.crt", "token");
    }

    private Object mount(String name) {
        return elements(container(), "volumeMounts").stream()
                .filter(mount -> name.equals(at(mount, "name")))
                .findFirst()
                .orElseThrow();
    }

    private Object container() {
        return ((List<?>) at(kind("StatefulSet"), "spec", "template", "spec", "containers")).get(0);
    }

    private Map<?, ?> kind(String kind) {
        Optional<Map<?, ?>> found = manifests.stream()
                .<Map<?, ?>>map(manifest -> manifest)
                .filter(manifest -> kind.equals(manifest.get("kind")))
                .findFirst();
        return found.orElseThrow(() -> new AssertionError("no manifest of kind " + kind));
    }

    private static List<Object> elements(Object node, String... path) {
        return new ArrayList<>((List<?>) at(node, path));
    }

    private static Object at(Object node, String... path) {
        return find(node, path)
                .orElseThrow(() -> new AssertionError("nothing at " + String.join(".", path) + " of " + node));
    }

    private static Optional<Object> find(Object node, String... path) {
        Optional<Object> current = Optional.of(node);
        for (String key : path) {
            current = current.filter(Map.class::isInstance).map(map -> ((Map<?, ?>) map).get(key));
        }
        return current;
    }

    private static List<Map<?, ?>> manifests() {
        List<Map<?, ?>> all = new ArrayList<>();
        for (Path file : Repository.filesBelow(FOLDER, ".yaml")) {
            new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadAllFromString(Repository.read(file))
                    .forEach(document -> all.add((Map<?, ?>) document));
        }
        return all;
    }
}
