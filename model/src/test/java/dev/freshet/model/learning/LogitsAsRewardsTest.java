package dev.freshet.model.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.divergence.Closeness;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.objective.FSft;
import dev.freshet.model.objective.FSftSettings;
import dev.freshet.model.objective.LossAggregation;
import dev.freshet.model.objective.Regularisation;
import dev.freshet.model.objective.Sft;
import dev.freshet.model.objective.SftSettings;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The logits of a policy, also of one that was trained by supervised learning alone, are Q values up to beta, whose rewards add up to the
 * implicit reward of f-SFT and DPO (Wang et al. 2025, arXiv 2507.00018; Rafailov et al. 2024):
 *
 * <pre>
 *   Q = beta logit,  V = beta logsumexp(logits),  sum over tokens of (Q_t - V_{t+1}) = V_0 + beta sum ln pi_t,  V after the last token 0
 * </pre>
 */
class LogitsAsRewardsTest {
    private static final double BETA = 0.7;

    @Test
    void rewardsOfTheVectorsAddUp() throws IOException {
        JsonNode vectors = vectors().path("logits_as_Q");
        double beta = vectors.path("beta").asDouble();
        Rewards rewards = Rewards.of(
                numbers(vectors.path("logits")),
                IntStream.range(0, vectors.path("actions").size())
                        .map(i -> vectors.path("actions").get(i).asInt())
                        .toArray(),
                beta);
        double total = 0;
        for (int token = 0; token < rewards.ofToken.length; token++) {
            Closeness.DOUBLE.check(
                    "V", rewards.values[token], vectors.path("V").get(token).asDouble());
            Closeness.DOUBLE.check(
                    "logp",
                    rewards.logProbs[token],
                    vectors.path("logp").get(token).asDouble());
            double reward = rewards.ofToken[token];
            Closeness.DOUBLE.check(
                    "reward",
                    reward,
                    vectors.path("token_reward_Q_minus_nextV").get(token).asDouble());
            Closeness.DOUBLE.check(
                    "reward against a reference",
                    reward - beta * vectors.path("ref_logp").get(token).asDouble(),
                    vectors.path("token_reward_with_ref").get(token).asDouble());
            total += reward;
        }
        Closeness.DOUBLE.check("sum", total, vectors.path("sum").asDouble());
    }

    @Test
    void rewardsOfATrainedDecoderAddUpToItsValueAndItsLogProbs() throws Exception {
        Tokens prompt = Tokens.of(1, 2, 3);
        Tokens completion = Tokens.of(5, 7, 2, 9);
        List<TensorData> trained = trainedOn(prompt, completion);
        try (EngineThread thread = EngineThread.start("logits", 1)) {
            double[][] logits = thread.call(() -> logits(trained, prompt, completion));
            Rewards rewards = Rewards.of(logits, completion.toArray(), BETA);
            double[] ofProgram = thread.call(() -> logProbs(trained, prompt, completion));
            double total = 0;
            double logProbs = 0;
            for (int token = 0; token < completion.size(); token++) {
                // The program's are sums in single precision.
                assertThat(rewards.logProbs[token]).isCloseTo(ofProgram[token], within(1e-5));
                total += rewards.ofToken[token];
                logProbs += ofProgram[token];
            }
            assertThat(total).isCloseTo(rewards.values[0] + BETA * logProbs, within(1e-4));
            assertThat(logProbs).as("it has learnt").isGreaterThan(-2);

            // Against a reference the rewards add up to the implicit reward, as f-SFT and DPO report it.
            double[] ofReference = thread.call(() -> logProbs(Toy.weights(1), prompt, completion));
            double againstIt = total - BETA * Arrays.stream(ofReference).sum();
            assertThat(againstIt)
                    .isCloseTo(
                            rewards.values[0] + implicitReward(trained, prompt, completion, ofReference), within(1e-4));
        }
    }

    /** beta ln pi / ref of the completion, as the learner measures it. */
    private static double implicitReward(List<TensorData> weights, Tokens prompt, Tokens completion, double[] reference)
            throws InterruptedException {
        float[] ofTokens = new float[reference.length];
        for (int token = 0; token < ofTokens.length; token++) {
            ofTokens[token] = (float) reference[token];
        }
        ScoredExample example =
                new ScoredExample(example(prompt, completion).example(), List.of(LogProbs.of(ofTokens)));
        FSft objective = new FSft(
                new SftSettings(LossAggregation.TOKEN_MEAN, 1),
                new FSftSettings(FSftSettings.Level.SEQUENCE, FSftSettings.Value.ZERO, 0.1),
                Regularisation.of("pearson-chi2", BETA));
        try (ToyLearner learner = ToyLearner.start(weights, "freshet.train.mini-batches = 1")) {
            return learner.learn(new DatasetBatch(List.of(example)), objective)
                    .measures()
                    .getOrDefault("implicit_reward", Double.NaN);
        }
    }

    private static ScoredExample example(Tokens prompt, Tokens completion) {
        return ScoredExample.withoutReference(new TokenisedExample(
                new AdmittedExample(0, 0, 0),
                ExampleKind.DEMONSTRATION,
                List.of(new ExampleSequence(prompt, completion))));
    }

    private static List<TensorData> trainedOn(Tokens prompt, Tokens completion) throws InterruptedException {
        ScoredExample example = example(prompt, completion);
        Sft sft = new Sft(new SftSettings(LossAggregation.TOKEN_MEAN, 1), Regularisation.of("none", 0));
        List<TensorData> start = Toy.weights(1);
        try (ToyLearner learner = ToyLearner.start(
                start, "freshet.train { mini-batches = 1, learning-rate = 0.02, learning-rate-warm-up-steps = 0 }")) {
            for (int step = 0; step < 40; step++) {
                learner.learn(new DatasetBatch(List.of(example)), sft);
            }
            return Toy.withValues(start, learner.weights());
        }
    }

    /** (tokens, vocabulary): what the head reads times the output matrix. */
    private static double[][] logits(List<TensorData> tensors, Tokens prompt, Tokens completion) {
        try (DecoderWeights weights = DecoderWeights.of(Toy.CONFIG, ComputeDevice.CPU, ArrayKind.OTHER, tensors);
                DecoderProgram program = DecoderProgram.load(Toy.CONFIG, MatrixFlavour.PLAIN, ComputeDevice.CPU);
                NDManager owner = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            PackedSequences packed = packed(prompt, completion, owner);
            NDArray hidden = program.hidden(packed.rows(), packed.picks(), weights.arguments());
            NDArray head = weights.parameters().get(weights.names().indexOf("lm_head.weight"));
            float[] values = hidden.matMul(head.transpose()).toFloatArray();
            double[][] logits = new double[completion.size()][Toy.VOCABULARY];
            for (int token = 0; token < completion.size(); token++) {
                for (int word = 0; word < Toy.VOCABULARY; word++) {
                    logits[token][word] = values[token * Toy.VOCABULARY + word];
                }
            }
            return logits;
        }
    }

    private static double[] logProbs(List<TensorData> tensors, Tokens prompt, Tokens completion) {
        try (DecoderWeights weights = DecoderWeights.of(Toy.CONFIG, ComputeDevice.CPU, ArrayKind.OTHER, tensors);
                DecoderProgram program = DecoderProgram.load(Toy.CONFIG, MatrixFlavour.PLAIN, ComputeDevice.CPU);
                NDManager owner = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            PackedSequences packed = packed(prompt, completion, owner);
            float[] scores = program.tokenScores(
                            packed.rows(), packed.picks(), packed.targets(), packed.temperature(), weights.arguments())
                    .get(0)
                    .toFloatArray();
            return IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).toArray();
        }
    }

    private static PackedSequences packed(Tokens prompt, Tokens completion, NDManager owner) {
        return PackedSequences.of(List.of(new TokenSequence(prompt, completion, 1)), owner);
    }

    /** What the logits of a sequence's tokens say, read as Q values. */
    private static final class Rewards {
        private final double[] values;
        private final double[] logProbs;
        private final double[] ofToken;

        private Rewards(double[] values, double[] logProbs, double[] ofToken) {
            this.values = values;
            this.logProbs = logProbs;
            this.ofToken = ofToken;
        }

        static Rewards of(double[][] logits, int[] actions, double beta) {
            int tokens = actions.length;
            double[] values = new double[tokens + 1];
            double[] logProbs = new double[tokens];
            for (int token = 0; token < tokens; token++) {
                double logSum = logSumExp(logits[token]);
                values[token] = beta * logSum;
                logProbs[token] = logits[token][actions[token]] - logSum;
            }
            double[] rewards = new double[tokens];
            for (int token = 0; token < tokens; token++) {
                rewards[token] = beta * logits[token][actions[token]] - values[token + 1];
            }
            return new Rewards(values, logProbs, rewards);
        }

        private static double logSumExp(double[] logits) {
            double largest = Double.NEGATIVE_INFINITY;
            for (double logit : logits) {
                largest = Math.max(largest, logit);
            }
            double sum = 0;
            for (double logit : logits) {
                sum += Math.exp(logit - largest);
            }
            return largest + Math.log(sum);
        }
    }

    private static double[][] numbers(JsonNode rows) {
        double[][] numbers = new double[rows.size()][];
        for (int row = 0; row < numbers.length; row++) {
            numbers[row] = new double[rows.get(row).size()];
            for (int i = 0; i < numbers[row].length; i++) {
                numbers[row][i] = rows.get(row).get(i).asDouble();
            }
        }
        return numbers;
    }

    private static JsonNode vectors() throws IOException {
        String path = "/vectors/dpo.json";
        try (InputStream file = Objects.requireNonNull(LogitsAsRewardsTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        }
    }
}
