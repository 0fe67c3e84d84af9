package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.GROUP_SIZE;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.STOP;
import static dev.freshet.model.generation.PublishedPolicy.prompts;
import static dev.freshet.model.generation.PublishedPolicy.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecoderGeneratorTest {
    private final PublishedPolicy policy = new PublishedPolicy(CONFIG);

    @AfterEach
    void close() {
        policy.close();
    }

    @Test
    void endsCompletionsAtTheirStopTokenOrTheirMaximumLength() {
        List<RolloutGroup> groups = policy.generate(settings(MatrixFlavour.FP32, 64, 8, SAMPLING), prompts(60));
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
    void tellsOfEachNewerVersionBeforeItSamplesWithIt() {
        List<WeightSwap> swaps = new CopyOnWriteArrayList<>();
        GenerationSettings recomputing = settings(MatrixFlavour.FP32_PACKED, 16, 8, SAMPLING, OnNewVersion.RECOMPUTE);
        try (DecoderGenerator generator = policy.startTelling(recomputing, swaps::add)) {
            assertThat(generate(generator).versions().newest().number()).isZero();
            assertThat(swaps).isEmpty();
            policy.publish(1, 2);
            assertThat(generate(generator).versions().oldest().number()).isEqualTo(1);
            assertThat(generate(generator).versions().oldest().number()).isEqualTo(1);
            assertThat(swaps).singleElement().satisfies(swap -> {
                assertThat(swap.version().number()).isEqualTo(1);
                assertThat(swap.copySeconds()).isPositive();
                assertThat(swap.swapSeconds()).isPositive();
            });
        }
    }

    private static Rollout generate(DecoderGenerator generator) {
        return generator
                .generate(prompts(1).get(0))
                .toCompletableFuture()
                .join()
                .rollouts()
                .get(0);
    }

    @Test
    void topKSamplesOnlyTheLikeliestAndKeepsTheFullDistributionsLogProbs() {
        SamplingSettings topOne = new SamplingSettings(0.9, 1, 1, 6);
        for (RolloutGroup group : policy.generate(settings(MatrixFlavour.FP32, 16, 8, topOne), prompts(5))) {
            assertThat(group.rollouts())
                    .extracting(Rollout::completion)
                    .containsOnly(group.rollouts().get(0).completion());
            for (Rollout rollout : group.rollouts()) {
                assertThat(rollout.sampled().sum()).isCloseTo(0, within(1e-6));
                assertThat(rollout.behaviour().sum()).isNegative();
            }
        }
    }

    /** The likeliest k, and of those the fewest whose probability, among all tokens, reaches p. */
    @ParameterizedTest
    @CsvSource({"3, 1", "0, 0.5", "3, 0.9", "12, 0.3"})
    void whatIsKeptIsSampledByItsShareOfWhatIsKept(int topK, double topP) {
        SamplingSettings sampling = new SamplingSettings(SAMPLING.temperature(), topK, topP, 6);
        for (RolloutGroup group : policy.generate(settings(MatrixFlavour.FP32, 16, 8, sampling), prompts(10))) {
            for (Rollout rollout : group.rollouts()) {
                float[][] distributions = policy.distributions(group.prompt().tokens(), rollout.completion(), 1);
                for (int i = 0; i < rollout.completion().size(); i++) {
                    List<Integer> kept = kept(distributions[i], topK, topP);
                    float[] distribution = distributions[i];
                    double mass = kept.stream()
                            .mapToDouble(token -> Math.exp(distribution[token]))
                            .sum();
                    assertThat(kept).contains(rollout.completion().get(i));
                    assertThat((double) rollout.sampled().get(i))
                            .isCloseTo(rollout.behaviour().get(i) - Math.log(mass), within(1e-5));
                }
            }
        }
    }

    private static List<Integer> kept(float[] logDistribution, int topK, double topP) {
        List<Integer> likeliest = IntStream.range(0, logDistribution.length)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -logDistribution[token]))
                .limit(topK == 0 ? logDistribution.length : topK)
                .toList();
        List<Integer> kept = new ArrayList<>();
        double mass = 0;
        for (int token : likeliest) {
            if (mass >= topP) {
                break;
            }
            kept.add(token);
            mass += Math.exp(logDistribution[token]);
        }
        return kept;
    }

    /** Groups of different temperatures share chunks, and each is what it is without the others. */
    @Test
    void eachGroupIsSampledAtItsOwnTemperature() {
        GenerationSettings together = settings(MatrixFlavour.FP32, 64, 8, SAMPLING);
        GenerationSettings alone = settings(MatrixFlavour.FP32, GROUP_SIZE, 8, SAMPLING);
        List<AdmittedPrompt> mixed = prompts(12).stream()
                .map(prompt ->
                        new AdmittedPrompt(prompt.sequence(), prompt.prompt(), prompt.sequence() % 2 == 0 ? 0.3 : 1.5))
                .toList();
        List<RolloutGroup> sampled = policy.generate(together, mixed);
        for (RolloutGroup group : sampled) {
            RolloutGroup byItself =
                    policy.generate(alone, List.of(group.admitted())).get(0);
            for (int i = 0; i < GROUP_SIZE; i++) {
                Rollout rollout = group.rollouts().get(i);
                assertThat(rollout.completion())
                        .isEqualTo(byItself.rollouts().get(i).completion());
                // Products of other shapes add up in another order.
                assertThat(rollout.behaviour().sum())
                        .isCloseTo(byItself.rollouts().get(i).behaviour().sum(), within(1e-4));
            }
        }
        assertThat(meanLogProb(sampled, 0)).isGreaterThan(meanLogProb(sampled, 1) + 0.5);
    }

    private static double meanLogProb(List<RolloutGroup> groups, int odd) {
        return groups.stream()
                .filter(group -> group.sequence() % 2 == odd)
                .flatMap(group -> group.rollouts().stream())
                .mapToDouble(rollout ->
                        rollout.behaviour().sum() / rollout.completion().size())
                .average()
                .orElseThrow();
    }

    @Test
    void haltsBeforeItBegins() {
        try (DecoderGenerator generator = policy.start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING))) {
            generator.halt();
            CompletionStage<RolloutGroup> asked = generator.generate(prompts(1).get(0));
            assertThat(asked.toCompletableFuture()).isNotDone();
            assertThat(generator.counts().generatedTokens()).isZero();
            generator.resume();
            assertThat(asked.toCompletableFuture().join().rollouts()).hasSize(GROUP_SIZE);
        }
    }

    @Test
    void haltsInMidRolloutAndGoesOnWhereItWas() {
        // A thousand chunks of one token, of which the test has to see the first before the last is sampled.
        DecoderConfig longer = new DecoderConfig(1, 32, 4, 2, 48, 20, 1024, 10000, 1e-5, false);
        GenerationSettings tokenwise =
                settings(MatrixFlavour.FP32_PACKED, GROUP_SIZE, 1, new SamplingSettings(0.9, 0, 1, 1000));
        List<AdmittedPrompt> prompts = prompts(2);
        try (PublishedPolicy longWinded = new PublishedPolicy(longer);
                DecoderGenerator halted = longWinded.startWithoutStop(tokenwise);
                DecoderGenerator undisturbed = longWinded.startWithoutStop(tokenwise)) {
            CompletableFuture<RolloutGroup> asked =
                    halted.generate(prompts.get(0)).toCompletableFuture();
            while (halted.counts().generatedTokens() == 0) {
                Thread.onSpinWait();
            }
            halted.halt();
            long atHalt = halted.counts().generatedTokens();
            RolloutGroup expected =
                    undisturbed.generate(prompts.get(0)).toCompletableFuture().join();
            long stood = halted.counts().generatedTokens();
            undisturbed.generate(prompts.get(1)).toCompletableFuture().join();

            // Whatever another generator does in the meantime; the chunk that was running may still be counted.
            assertThat(stood).isBetween(atHalt, atHalt + GROUP_SIZE).isLessThan(1000L * GROUP_SIZE);
            assertThat(halted.counts().generatedTokens()).isEqualTo(stood);
            assertThat(asked).isNotDone();

            halted.resume();
            assertThat(asked.join()).isEqualTo(expected);
        }
    }

    @Test
    void closingFailsWhatIsUnfinishedByName() {
        DecoderGenerator generator = policy.start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING));
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
        try (DecoderGenerator generator = policy.start(settings(MatrixFlavour.FP32, 16, 4, SAMPLING))) {
            assertThatThrownBy(() -> generator
                            .generate(new AdmittedPrompt(0, new Prompt("too long", tooLong, ""), 1))
                            .toCompletableFuture()
                            .join())
                    .hasRootCauseInstanceOf(PromptTooLongException.class)
                    .hasMessageContaining("a prompt of 24 tokens and max-completion-length 12 together must be at"
                            + " most max-length 24: shorten \"too long\", or lower max-completion-length");
        }
    }
}
