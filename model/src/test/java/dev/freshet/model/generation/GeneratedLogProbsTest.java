package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.GROUP_SIZE;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.SEED;
import static dev.freshet.model.generation.PublishedPolicy.prompts;
import static dev.freshet.model.generation.PublishedPolicy.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.HalfPrecision;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a generator records and samples, held against one teacher-forced forward pass of the learner's. */
class GeneratedLogProbsTest {
    /** Chunked decoding over a cache sums in another order than a whole forward pass, some 3e-6 apart in fp32. */
    private static final float SAME_POLICY = 1e-4f;

    /** Rows of other batches differ by the last bits of log-probs of order 1, and so do their cumulative sums. */
    private static final float BATCH_MATES = 1e-5f;

    private final PublishedPolicy policy = new PublishedPolicy(CONFIG);

    @AfterEach
    void close() {
        policy.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = MatrixFlavour.class,
            names = {"PLAIN", "FP32", "FP32_PACKED"})
    void areThoseOfTheLearnersForwardPass(MatrixFlavour flavour) {
        for (RolloutGroup group : policy.generate(settings(flavour, 16, 5, SAMPLING), prompts(10))) {
            for (Rollout rollout : group.rollouts()) {
                assertEachTokenIsOfItsVersion(group, rollout);
            }
        }
    }

    /** Sixty prompts of 300 tokens are more than one pass of the engine takes. */
    @Test
    void areTheSameForPromptsThatTakeSeveralPasses() {
        DecoderConfig longer = new DecoderConfig(1, 16, 2, 2, 24, CONFIG.vocabulary(), 320, 10000, 1e-5, false);
        Random random = new Random(9);
        List<AdmittedPrompt> prompts = IntStream.range(0, 60)
                .mapToObj(i -> new AdmittedPrompt(
                        i,
                        new Prompt(
                                "prompt " + i,
                                Tokens.of(
                                        random.ints(300, 1, CONFIG.vocabulary()).toArray()),
                                ""),
                        SAMPLING.temperature()))
                .toList();
        try (PublishedPolicy other = new PublishedPolicy(longer)) {
            for (RolloutGroup group : other.generate(settings(MatrixFlavour.FP32, 240, 5, SAMPLING), prompts)) {
                Rollout rollout = group.rollouts().get(GROUP_SIZE - 1);
                float[] forward = other.forward(group.prompt().tokens(), rollout.completion(), 1);
                for (int i = 0; i < forward.length; i++) {
                    assertThat(rollout.behaviour().get(i)).isCloseTo(forward[i], within(SAME_POLICY));
                }
            }
        }
    }

    /** {@link dev.freshet.model.transformer.DecoderProgramTest} has the refusal that takes a packed flavour's place. */
    @Test
    void inHalfPrecisionAreOffByItsRounding() throws Exception {
        List<MatrixFlavour> flavours = HalfPrecision.canBePacked()
                ? List.of(MatrixFlavour.BF16, MatrixFlavour.BF16_PACKED)
                : List.of(MatrixFlavour.BF16);
        for (MatrixFlavour flavour : flavours) {
            List<Double> mismatches = mismatches(policy.generate(settings(flavour, 64, 8, SAMPLING), prompts(40)));
            double mean = mismatches.stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
            // bf16 rounds both factors of a product, by 2^-9 at most. Log-probs of order 1 end a chain of nine
            // products, whose errors add up like a walk's: sqrt(2 * 9) 2^-9 bounds their mean, and four times that
            // the largest of a thousand. fp32's would be thirty thousand times less.
            double rounding = Math.sqrt(2 * 9) / 512;
            assertThat(mean).isBetween(rounding / 100, rounding);
            assertThat(Collections.max(mismatches)).isLessThan(4 * rounding);
        }
    }

    private List<Double> mismatches(List<RolloutGroup> groups) {
        List<Double> mismatches = new ArrayList<>();
        for (RolloutGroup group : groups) {
            for (Rollout rollout : group.rollouts()) {
                float[] forward = policy.forward(group.prompt().tokens(), rollout.completion(), 1);
                for (int i = 0; i < forward.length; i++) {
                    mismatches.add((double) Math.abs(rollout.behaviour().get(i) - forward[i]));
                }
            }
        }
        return mismatches;
    }

    @ParameterizedTest
    @EnumSource(
            value = MatrixFlavour.class,
            names = {"FP32", "FP32_PACKED"})
    void everyTokenIsWhereItsDrawFallsInTheLearnersDistribution(MatrixFlavour flavour) {
        for (RolloutGroup group : policy.generate(settings(flavour, 64, 8, SAMPLING), prompts(40))) {
            for (int index = 0; index < GROUP_SIZE; index++) {
                Tokens completion = group.rollouts().get(index).completion();
                float[][] distributions = policy.distributions(group.prompt().tokens(), completion, 1);
                for (int i = 0; i < completion.size(); i++) {
                    Draw draw = draw(group, index, i, distributions[i]);
                    assertThat(draw.position())
                            .as("draw of token %d of rollout %d of group %d", i, index, group.sequence())
                            .isBetween(
                                    draw.below(completion.get(i)) - BATCH_MATES,
                                    draw.below(completion.get(i) + 1) + BATCH_MATES);
                }
            }
        }
    }

    /** But for draws within 1e-5 of a boundary of the cumulative distribution: there, and only there, rollouts may part. */
    @ParameterizedTest
    @EnumSource(
            value = MatrixFlavour.class,
            names = {"FP32", "FP32_PACKED"})
    void doNotDependOnBatchMates(MatrixFlavour flavour) {
        List<AdmittedPrompt> prompts = prompts(40);
        List<RolloutGroup> together = policy.generate(settings(flavour, 64, 8, SAMPLING), prompts);
        List<AdmittedPrompt> shuffled = new ArrayList<>(prompts);
        Collections.shuffle(shuffled, new Random(3));
        List<RolloutGroup> apart = policy.generate(settings(flavour, GROUP_SIZE, 3, SAMPLING), shuffled);
        int parted = 0;
        for (RolloutGroup group : apart) {
            RolloutGroup other = together.get(Math.toIntExact(group.sequence()));
            for (int index = 0; index < GROUP_SIZE; index++) {
                parted += partAtABoundary(group, other, index);
            }
        }
        // Of some 1,300 draws, with twenty boundaries each, about one in twenty runs of this test has one that near.
        assertThat(parted).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"FP32, KEEP", "FP32, RECOMPUTE", "FP32_PACKED, KEEP", "FP32_PACKED, RECOMPUTE"})
    void areOfTheVersionWhoseWholeWeightsSampledThem(MatrixFlavour flavour, OnNewVersion onNewVersion) {
        GenerationSettings settings = settings(flavour, 8, 1, SAMPLING, onNewVersion);
        List<RolloutGroup> groups = new ArrayList<>();
        try (DecoderGenerator generator = policy.start(settings)) {
            List<CompletionStage<RolloutGroup>> asked =
                    prompts(60).stream().map(generator::generate).toList();
            for (int version = 1; version < 8; version++) {
                asked.get(version * 7).toCompletableFuture().join();
                policy.publish(version, version + 1);
            }
            for (CompletionStage<RolloutGroup> stage : asked) {
                groups.add(stage.toCompletableFuture().join());
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

    /** Version v is published with the weights of seed v + 1. */
    private void assertEachTokenIsOfItsVersion(RolloutGroup group, Rollout rollout) {
        for (long version = rollout.versions().oldest().number();
                version <= rollout.versions().newest().number();
                version++) {
            float[] forward = policy.forward(group.prompt().tokens(), rollout.completion(), version + 1);
            for (int i = 0; i < forward.length; i++) {
                if (rollout.versions().get(i) == version) {
                    assertThat(rollout.behaviour().get(i)).isCloseTo(forward[i], within(SAME_POLICY));
                }
            }
        }
    }

    /** 1 if the rollouts part, which they may only at a draw beside a boundary; 0 if they are the same. */
    private int partAtABoundary(RolloutGroup group, RolloutGroup other, int index) {
        Rollout left = group.rollouts().get(index);
        Rollout right = other.rollouts().get(index);
        int common = Math.min(left.completion().size(), right.completion().size());
        for (int i = 0; i < common; i++) {
            int one = left.completion().get(i);
            int another = right.completion().get(i);
            if (one != another) {
                float[] distribution = policy.distributions(group.prompt().tokens(), left.completion(), 1)[i];
                Draw draw = draw(group, index, i, distribution);
                for (int boundary = Math.min(one, another) + 1; boundary <= Math.max(one, another); boundary++) {
                    assertThat(draw.position())
                            .as("draw of token %d of rollout %d of group %d", i, index, group.sequence())
                            .isCloseTo(draw.below(boundary), within((double) BATCH_MATES));
                }
                return 1;
            }
            assertThat(left.behaviour().get(i)).isCloseTo(right.behaviour().get(i), within(BATCH_MATES));
        }
        assertThat(left.completion()).isEqualTo(right.completion());
        return 0;
    }

    private static Draw draw(RolloutGroup group, int index, int position, float[] logDistribution) {
        long rollout = group.sequence() * GROUP_SIZE + index;
        return new Draw(CounterRandom.uniform(SEED, rollout, position), LogProbs.of(logDistribution));
    }

    /** A uniform, and the distribution that it is inverted by. */
    private record Draw(double position, LogProbs distribution) {
        /** Probability of the tokens below {@code token}. */
        double below(int token) {
            double sum = 0;
            for (int i = 0; i < token; i++) {
                sum += Math.exp(distribution.get(i));
            }
            return sum;
        }
    }
}
