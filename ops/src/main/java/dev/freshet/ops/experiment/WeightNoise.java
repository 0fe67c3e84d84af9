package dev.freshet.ops.experiment;

import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.text.TextTokenizer;
import dev.freshet.model.transformer.DecoderConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * How much a policy's loss rises when each of its weights w becomes w (1 + deviation z) with z normal: a sharpness that no training looks
 * at.
 *
 * @param draws whose mean is taken
 */
record WeightNoise(double deviation, int draws, long seed) {
    /** Mean over answers of -ln of an answer's probability. */
    static double loss(CheckpointedPolicy policy, List<KnownAnswer> answers) throws InterruptedException {
        return loss(policy, policy.checkpoint().weights(), answers);
    }

    /** Of {@link #loss}. */
    double rise(CheckpointedPolicy policy, List<KnownAnswer> answers) throws InterruptedException {
        double total = 0;
        for (int draw = 0; draw < draws; draw++) {
            SplittableRandom random = new SplittableRandom(seed + draw);
            List<TensorData> noisy = policy.checkpoint().weights().stream()
                    .map(tensor -> noisy(tensor, random))
                    .toList();
            total += loss(policy, noisy, answers);
        }
        return total / draws - loss(policy, answers);
    }

    private TensorData noisy(TensorData tensor, SplittableRandom random) {
        FloatBuffer weights = tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        ByteBuffer bytes =
                ByteBuffer.allocate(weights.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (weights.hasRemaining()) {
            bytes.putFloat((float) (weights.get() * (1 + deviation * random.nextGaussian())));
        }
        return new TensorData(tensor.name(), tensor.type(), tensor.shape(), bytes.flip());
    }

    private static double loss(CheckpointedPolicy policy, List<TensorData> weights, List<KnownAnswer> answers)
            throws InterruptedException {
        DecoderConfig decoder =
                DecoderConfig.fromDescription(policy.checkpoint().state().model());
        try (LogProbScorer scorer =
                DecoderLogProbScorer.start(decoder, ScorerSettings.from(policy.config()), weights)) {
            List<CompletableFuture<List<LogProbs>>> asked = new ArrayList<>();
            for (KnownAnswer answer : answers) {
                asked.add(
                        scorer.score(example(policy.task().tokenizer(), answer)).toCompletableFuture());
            }
            return asked.stream()
                    .mapToDouble(scores -> -scores.join().get(0).sum())
                    .average()
                    .orElseThrow();
        }
    }

    private static TokenisedExample example(TextTokenizer tokenizer, KnownAnswer answer) {
        ExampleSequence sequence =
                new ExampleSequence(tokenizer.encode(answer.prompt()), tokenizer.encode(answer.answer()));
        return new TokenisedExample(new AdmittedExample(0, 0, 0), ExampleKind.DEMONSTRATION, List.of(sequence));
    }
}
