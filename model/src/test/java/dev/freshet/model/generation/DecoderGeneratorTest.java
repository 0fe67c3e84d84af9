package dev.freshet.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderGeneratorTest {
    private static final DecoderConfig CONFIG = new DecoderConfig(2, 32, 4, 2, 48, 20, 24, 10000, 1e-5, false);
    private static final int GROUP_SIZE = 4;
    private static final int STOP = 13;
    private static final SamplingSettings SAMPLING = new SamplingSettings(0.9, 0, 1, 12);

    private final Map<Long, DecoderWeights> weightsBySeed = new HashMap<>();
    private EngineThread thread;
    private DecoderProgram program;
    private WeightRegistry registry;

    @BeforeEach
    void publishTheFirstVersion() {
        thread = EngineThread.start("publisher", 1);
        program = thread.submit(() -> DecoderProgram.load(CONFIG, MatrixFlavour.PLAIN, ComputeDevice.CPU))
                .join();
        registry = new WeightRegistry(CONFIG, ComputeDevice.CPU);
        publish(0, 1);
    }

    @AfterEach
    void close() {
        registry.close();
        program.close();
        weightsBySeed.values().forEach(DecoderWeights::close);
        thread.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = MatrixFlavour.class,
            names = {"PLAIN", "FP32", "FP32_PACKED"})
    void recordsTheLogProbsOfTheLearnersForwardPass(MatrixFlavour flavour) {
        List<RolloutGroup> groups = generate(settings(flavour, 16, 5, SAMPLING), prompts(10));
        for (RolloutGroup group : groups) {
            for (Rollout rollout : group.rollouts()) {
                float[] forward = forward(group.prompt().tokens(), rollout.completion(), 1);
                for (int i = 0; i < forward.length; i++) {
                    assertThat(rollout.behaviour().get(i)).isCloseTo(forward[i], within(1e-4f));
                }
            }
        }
    }

    /** Except where a draw falls within 1e-5 of a boundary of the cumulative distribution: there, and only there, rows may differ. */
    @Test
    void samplesTheSameRolloutsWhateverTheirBatchMates() {
        List<AdmittedPrompt> prompts = prompts(40);
        List<RolloutGroup> together = generate(settings(MatrixFlavour.FP32, 64, 8, SAMPLING), prompts);
        List<AdmittedPrompt> shuffled = new ArrayList<>(prompts);
        Collections.shuffle(shuffled, new Random(3));
        List<RolloutGroup> apart = generate(settings(MatrixFlavour.FP32, GROUP_SIZE, 3, SAMPLING), shuffled);
        for (RolloutGroup group : apart) {
            RolloutGroup other = together.get(Math.toIntExact(group.sequence()));
            for (int i = 0; i < GROUP_SIZE; i++) {
                assertSameUpToBoundaries(group, other, i);
            }
        }
    }

    @Test
    void endsCompletionsAtTheirStopTokenOrTheirMaximumLength() {
        List<RolloutGroup> groups = generate(settings(MatrixFlavour.FP32, 64, 8, SAMPLING), prompts(60));
        assertThat(groups)
                .flatExtracting(RolloutGroup::rollouts)
                .extracting(Rollout::finishReason)
                .contains(FinishReason.STOP, FinishReason.LENGTH);
        for (RolloutGroup group : groups) {
            for (Rollout rollout : group.rollouts()) {
                int[] tokens = rollout.completion().toArray();
                for (int i = 0; i + 1 < tokens.length; i++) {
                    assertThat(tokens[i]).isNotEqualTo(STOP);
                }
                boolean stopped = tokens[tokens.length - 1] == STOP;
                assertThat(rollout.finishReason()).isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
                assertThat(stopped || tokens.length == SAMPLING.maxCompletionLength())
                        .isTrue();
            }
        }
    }

    @Test
    void topKSamplesOnlyTheLikeliestAndKeepsTheFullDistributionsLogProbs() {
        SamplingSettings topOne = new SamplingSettings(0.9, 1, 1, 6);
        for (RolloutGroup group : generate(settings(MatrixFlavour.FP32, 16, 8, topOne), prompts(5))) {
            assertThat(group.rollouts())
                    .extracting(Rollout::completion)
                    .containsOnly(group.rollouts().get(0).completion());
            for (Rollout rollout : group.rollouts()) {
                assertThat(rollout.sampled().sum()).isCloseTo(0, within(1e-6));
                assertThat(rollout.behaviour().sum()).isNegative();
            }
        }
    }

    @Test
    void topPExcludesWhatLiesBehindTheNucleus() {
        SamplingSettings nucleus = new SamplingSettings(1, 0, 0.5, 6);
        for (RolloutGroup group : generate(settings(MatrixFlavour.FP32, 16, 8, nucleus), prompts(10))) {
            for (Rollout rollout : group.rollouts()) {
                for (int i = 0; i < rollout.completion().size(); i++) {
                    assertThat(rollout.sampled().get(i))
                            .isGreaterThan(rollout.behaviour().get(i));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OnNewVersion.class,
            names = {"KEEP", "RECOMPUTE"})
    void everyTokenCarriesTheVersionWhoseWholeWeightsSampledIt(OnNewVersion onNewVersion) throws Exception {
        GenerationSettings settings = new GenerationSettings(
                1, GROUP_SIZE, 8, 1, 1, ComputeDevice.CPU, MatrixFlavour.FP32, onNewVersion, SAMPLING);
        List<RolloutGroup> groups = new ArrayList<>();
        try (DecoderGenerator generator = start(settings)) {
            List<CompletionStage<RolloutGroup>> asked =
                    prompts(60).stream().map(generator::generate).toList();
            for (int version = 1; version < 8; version++) {
                asked.get(version * 7).toCompletableFuture().get();
                publish(version, version + 1);
            }
            for (CompletionStage<RolloutGroup> stage : asked) {
                groups.add(stage.toCompletableFuture().get());
            }
        }
        boolean mixed = false;
        for (RolloutGroup group : groups) {
            for (Rollout rollout : group.rollouts()) {
                boolean oneVersion =
                        rollout.versions().oldest().equals(rollout.versions().newest());
                mixed |= !oneVersion;
                if (oneVersion || onNewVersion == OnNewVersion.RECOMPUTE) {
                    assertEachTokenIsOfItsVersion(group, rollout);
                }
            }
        }
        assertThat(mixed)
                .as("some rollout must span a swap, or this test shows nothing")
                .isTrue();
    }

    @Test
    void haltsAtAChunkAndGoesOnWhereItWas() throws Exception {
        try (DecoderGenerator generator = start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING))) {
            generator.halt();
            CompletionStage<RolloutGroup> asked = generator.generate(prompts(1).get(0));
            assertThat(asked.toCompletableFuture()).isNotDone();
            assertThat(generator.counts().generatedTokens()).isZero();
            generator.resume();
            assertThat(asked.toCompletableFuture().get().rollouts()).hasSize(GROUP_SIZE);
        }
    }

    @Test
    void closingFailsWhatIsUnfinishedByName() {
        DecoderGenerator generator = start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING));
        generator.halt();
        CompletionStage<RolloutGroup> asked = generator.generate(prompts(1).get(0));
        generator.close();
        assertThatThrownBy(() -> asked.toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(GenerationException.class)
                .hasMessageContaining("the generator is closed");
    }

    @Test
    void refusesAPromptThatDoesNotFit() {
        Tokens tooLong = Tokens.of(new int[CONFIG.maxLength()]);
        try (DecoderGenerator generator = start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING))) {
            assertThatThrownBy(() -> generator
                            .generate(new AdmittedPrompt(0, new Prompt("too long", tooLong, "")))
                            .toCompletableFuture()
                            .join())
                    .hasMessageContaining("prompt and completion must fit max-length 24, need 36 tokens");
        }
    }

    private static void assertSameUpToBoundaries(RolloutGroup group, RolloutGroup other, int index) {
        Rollout left = group.rollouts().get(index);
        Rollout right = other.rollouts().get(index);
        int common = Math.min(left.completion().size(), right.completion().size());
        for (int i = 0; i < common; i++) {
            assertThat(left.completion().get(i))
                    .as("token %d of rollout %d of group %d", i, index, group.sequence())
                    .isEqualTo(right.completion().get(i));
            assertThat(left.behaviour().get(i)).isCloseTo(right.behaviour().get(i), within(1e-5f));
        }
        assertThat(left.completion()).isEqualTo(right.completion());
    }

    private void assertEachTokenIsOfItsVersion(RolloutGroup group, Rollout rollout) {
        for (long version = rollout.versions().oldest().number();
                version <= rollout.versions().newest().number();
                version++) {
            float[] forward = forward(group.prompt().tokens(), rollout.completion(), version + 1);
            for (int i = 0; i < forward.length; i++) {
                if (rollout.versions().get(i) == version) {
                    assertThat(rollout.behaviour().get(i)).isCloseTo(forward[i], within(1e-4f));
                }
            }
        }
    }

    private List<RolloutGroup> generate(GenerationSettings settings, List<AdmittedPrompt> prompts) {
        try (DecoderGenerator generator = start(settings)) {
            List<CompletionStage<RolloutGroup>> asked =
                    prompts.stream().map(generator::generate).toList();
            return asked.stream()
                    .map(stage -> stage.toCompletableFuture().join())
                    .toList();
        }
    }

    private DecoderGenerator start(GenerationSettings settings) {
        return DecoderGenerator.start("generator", CONFIG, settings, Set.of(STOP), 11, registry);
    }

    private static GenerationSettings settings(MatrixFlavour flavour, int slots, int chunk, SamplingSettings sampling) {
        return new GenerationSettings(
                1, GROUP_SIZE, slots, chunk, 1, ComputeDevice.CPU, flavour, OnNewVersion.KEEP, sampling);
    }

    private static List<AdmittedPrompt> prompts(int count) {
        Random random = new Random(5);
        List<AdmittedPrompt> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids =
                    random.ints(1 + random.nextInt(10), 1, CONFIG.vocabulary()).toArray();
            prompts.add(new AdmittedPrompt(i, new Prompt("prompt " + i, Tokens.of(ids), "")));
        }
        return prompts;
    }

    private void publish(long version, long seed) {
        thread.submit(() -> {
                    registry.publish(new PolicyVersion(version), weights(seed), program);
                    return null;
                })
                .join();
    }

    private DecoderWeights weights(long seed) {
        return weightsBySeed.computeIfAbsent(seed, key -> DecoderWeights.initialise(CONFIG, ComputeDevice.CPU, key));
    }

    /** The completion's log-probs by one teacher-forced pass over prompt and completion, with the weights of {@code seed}. */
    private float[] forward(Tokens prompt, Tokens completion, long seed) {
        int length = prompt.size() + completion.size();
        long[] ids = new long[length];
        prompt.copyTo(ids, 0);
        completion.copyTo(ids, prompt.size());
        long[] picks = new long[completion.size()];
        long[] targets = new long[completion.size()];
        for (int i = 0; i < picks.length; i++) {
            picks[i] = prompt.size() - 1L + i;
            targets[i] = completion.get(i);
        }
        return thread.submit(() -> {
                    try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                        NDArray tokens = manager.create(ids, new Shape(1, length));
                        NDList scores = program.tokenScores(
                                tokens,
                                manager.create(picks),
                                manager.create(targets),
                                manager.create((float) SAMPLING.temperature()),
                                weights(seed).arguments());
                        return scores.get(0).toFloatArray();
                    }
                })
                .join();
    }
}
