package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.GROUP_SIZE;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.prompts;
import static dev.freshet.model.generation.PublishedPolicy.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.JavaBuffers;
import dev.freshet.model.engine.OpenArrays;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratorMemoryTest {
    @ParameterizedTest
    @EnumSource(
            value = OnNewVersion.class,
            names = {"KEEP", "RECOMPUTE"})
    void noArrayAndNoBufferStaysAfterManyGroupsAndSwaps(OnNewVersion onNewVersion) throws Exception {
        GenerationSettings settings = settings(MatrixFlavour.FP32_PACKED, 16, 3, SAMPLING, onNewVersion);
        List<AdmittedPrompt> prompts = prompts(8);
        long rollouts = 8L * GROUP_SIZE;
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG);
                DecoderGenerator generator = policy.start(settings)) {
            // The registry's buffers come into being with the first versions.
            for (int version = 1; version <= 3; version++) {
                policy.publish(version, 1 + version % 2);
                generateAll(generator, prompts, version * rollouts);
            }
            Map<ArrayKind, Integer> before = OpenArrays.count();
            long buffersBefore = JavaBuffers.settledCount();
            for (int version = 4; version <= 12; version++) {
                policy.publish(version, 1 + version % 2);
                generateAll(generator, prompts, version * rollouts);
            }
            assertThat(generator.version()).isEqualTo(new PolicyVersion(12));
            assertThat(OpenArrays.count()).isEqualTo(before);
            assertThat(JavaBuffers.count()).isLessThanOrEqualTo(buffersBefore);
        }
    }

    @Test
    void theBytesOfWhatStaysAreThoseOfItsArrays() {
        GenerationSettings settings = settings(MatrixFlavour.FP32_PACKED, 16, 3, SAMPLING);
        Map<ArrayKind, Long> before = OpenArrays.bytes();
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG);
                DecoderGenerator generator = policy.start(settings)) {
            assertThat(generator.version()).isEqualTo(PolicyVersion.INITIAL);
            long weights = policy.weights(1).parameters().stream()
                    .mapToLong(array -> array.size() * Float.BYTES)
                    .sum();
            long positions = (long) CONFIG.layers() * settings.slots() * CONFIG.maxLength();
            long cache = 2 * positions * CONFIG.keyValueHeads() * CONFIG.headWidth() * Float.BYTES;
            assertThat(OpenArrays.bytes())
                    .containsEntry(ArrayKind.PARAMETERS, get(before, ArrayKind.PARAMETERS) + weights)
                    .containsEntry(ArrayKind.PUBLISHED, get(before, ArrayKind.PUBLISHED) + weights)
                    .containsEntry(ArrayKind.CACHE, get(before, ArrayKind.CACHE) + cache);
        }
        assertThat(OpenArrays.bytes()).isEqualTo(before);
    }

    private static long get(Map<ArrayKind, Long> bytes, ArrayKind kind) {
        return bytes.getOrDefault(kind, 0L);
    }

    @Test
    void aGeneratorThatCannotStartLeavesNothingOpen() throws Exception {
        Map<ArrayKind, Integer> before = OpenArrays.count();
        try (WeightRegistry unpublished = new WeightRegistry(CONFIG, ComputeDevice.CPU)) {
            assertThatThrownBy(() -> DecoderGenerator.start(
                            "generator",
                            CONFIG,
                            settings(MatrixFlavour.FP32_PACKED, 16, 3, SAMPLING),
                            Set.of(),
                            1,
                            unpublished))
                    .hasMessageContaining("weights must be published before they can be leased, none were");
        }
        assertThat(OpenArrays.count()).isEqualTo(before);
    }

    @Test
    void aVersionThatCannotBePreparedIsGivenBack() throws Exception {
        try (EngineThread thread = EngineThread.start("generator", 1)) {
            Map<ArrayKind, Integer> before = OpenArrays.count();
            try (PublishedPolicy policy = new PublishedPolicy(CONFIG)) {
                assertThatThrownBy(() -> thread.call(() -> {
                            DecoderProgram closed =
                                    DecoderProgram.load(CONFIG, MatrixFlavour.FP32_PACKED, ComputeDevice.CPU);
                            closed.close();
                            return SamplingWeights.of(
                                    policy.registry().leaseNewest(), closed, GROUP_SIZE, ComputeDevice.CPU);
                        }))
                        .hasMessageContaining("released");
                // Else the registry would refuse to close, and hide why.
            }
            assertThat(OpenArrays.count()).isEqualTo(before);
        }
    }

    /** In a process of its own, whose memory for direct buffers is small enough to be used up. */
    @Test
    void withoutMemoryItGivesUpItsGroupsAndGoesOnWhenThereIsSome() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:MaxDirectMemorySize=" + ExhaustedMemory.LIMIT,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExhaustedMemory.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(said.lines())
                .anyMatch(line -> line.startsWith(GenerationException.class.getName()
                        + ": a native call of the generator failed: Cannot reserve "))
                .contains("then sampled: " + ExhaustedMemory.GROUP_SIZE);
        assertThat(process.waitFor()).isZero();
    }

    /** Waits for the groups, and then for the count of their rollouts, which follows the last chunk's end. */
    private static void generateAll(DecoderGenerator generator, List<AdmittedPrompt> prompts, long rolloutsThen) {
        prompts.stream()
                .map(generator::generate)
                .toList()
                .forEach(asked -> asked.toCompletableFuture().join());
        while (generator.counts().rollouts() < rolloutsThen) {
            Thread.onSpinWait();
        }
    }
}
