package dev.freshet.model.learning;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** A decoder small enough for tests, and batches for it. */
final class Toy {
    static final int VOCABULARY = 12;
    static final DecoderConfig CONFIG = new DecoderConfig(2, 16, 2, 1, 24, VOCABULARY, 16, 10000, 1e-5, false);
    static final int GROUP_SIZE = 4;
    static final double TEMPERATURE = 0.8;

    private Toy() {}

    /** The defaults, but for the given lines. */
    static Config config(String... lines) {
        return ConfigFactory.parseString(String.join("\n", lines))
                .withFallback(ConfigFactory.parseResources("learning.conf"))
                .withFallback(ConfigFactory.parseResources("dataset.conf"))
                .withFallback(ConfigFactory.parseResources("generation.conf"));
    }

    static LearnerSettings settings(String... lines) {
        return LearnerSettings.from(config(lines));
    }

    static Rlvr grpo(String divergence) {
        return rlvr(RlvrVariant.GRPO, "freshet.divergence = " + divergence, "freshet.rlvr.advantage = centred");
    }

    static Rlvr rlvr(RlvrVariant variant, String... lines) {
        return Rlvr.from(config(lines), variant);
    }

    static List<TensorData> weights(long seed) throws InterruptedException {
        try (EngineThread thread = EngineThread.start("toy", 1)) {
            return thread.call(() -> {
                try (DecoderWeights weights = DecoderWeights.initialise(CONFIG, ComputeDevice.CPU, seed)) {
                    return weights.toTensors();
                }
            });
        }
    }

    /** Groups of random completions of 1 to 6 tokens, random rewards, and log-probs near those of a fresh decoder. */
    static List<ScoredGroup> batch(int groups, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ScoredGroup> batch = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            batch.add(group(group, random));
        }
        return batch;
    }

    private static ScoredGroup group(long sequence, SplittableRandom random) {
        Tokens prompt = tokens(1 + random.nextInt(5), random);
        List<Rollout> rollouts = new ArrayList<>();
        List<Double> rewards = new ArrayList<>();
        List<LogProbs> reference = new ArrayList<>();
        for (int i = 0; i < GROUP_SIZE; i++) {
            Tokens completion = tokens(1 + random.nextInt(6), random);
            rollouts.add(rollout(completion, logProbs(completion.size(), random), 0));
            rewards.add((double) random.nextInt(2));
            reference.add(logProbs(completion.size(), random));
        }
        return scored(sequence, prompt, rollouts, rewards, reference);
    }

    /** The same group with one reward for all of its rollouts. */
    static ScoredGroup rewarded(ScoredGroup group, double reward) {
        List<Double> rewards = Collections.nCopies(GROUP_SIZE, reward);
        return new ScoredGroup(new VerifiedGroup(group.group(), rewards), group.reference());
    }

    /** The same group, sampled by a policy under which every token has the given log-prob. */
    static ScoredGroup behavedBy(ScoredGroup group, float logProb) {
        List<Rollout> rollouts = group.group().rollouts().stream()
                .map(rollout -> {
                    float[] logProbs = new float[rollout.completion().size()];
                    Arrays.fill(logProbs, logProb);
                    return rollout(rollout.completion(), LogProbs.of(logProbs), 0);
                })
                .toList();
        RolloutGroup behaved = new RolloutGroup(group.group().admitted(), rollouts);
        return new ScoredGroup(new VerifiedGroup(behaved, group.verified().rewards()), group.reference());
    }

    static ScoredGroup scored(
            long sequence, Tokens prompt, List<Rollout> rollouts, List<Double> rewards, List<LogProbs> reference) {
        return scored(sequence, prompt, TEMPERATURE, rollouts, rewards, reference);
    }

    static ScoredGroup scored(
            long sequence,
            Tokens prompt,
            double temperature,
            List<Rollout> rollouts,
            List<Double> rewards,
            List<LogProbs> reference) {
        AdmittedPrompt admitted = new AdmittedPrompt(sequence, new Prompt("toy", prompt, ""), temperature);
        return new ScoredGroup(new VerifiedGroup(new RolloutGroup(admitted, rollouts), rewards), reference);
    }

    static Rollout rollout(Tokens completion, LogProbs behaviour, long version) {
        long[] versions = new long[completion.size()];
        Arrays.fill(versions, version);
        return new Rollout(completion, FinishReason.LENGTH, behaviour, behaviour, TokenVersions.of(versions));
    }

    static Tokens tokens(int size, SplittableRandom random) {
        return Tokens.of(random.ints(size, 0, VOCABULARY).toArray());
    }

    static LogProbs logProbs(int size, SplittableRandom random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (-Math.log(VOCABULARY) - 0.1 + 0.2 * random.nextDouble());
        }
        return LogProbs.of(values);
    }

    /** All tensors' values, one after the other. */
    static double[] values(List<TensorData> tensors) {
        return tensors.stream()
                .flatMapToDouble(tensor -> {
                    FloatBuffer floats = tensor.bytes()
                            .duplicate()
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer();
                    double[] values = new double[floats.remaining()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = floats.get(i);
                    }
                    return Arrays.stream(values);
                })
                .toArray();
    }

    /** The same tensors with other values, in the order of {@link #values}. */
    static List<TensorData> withValues(List<TensorData> tensors, double[] values) {
        List<TensorData> changed = new ArrayList<>();
        int next = 0;
        for (TensorData tensor : tensors) {
            int size = tensor.bytes().remaining() / Float.BYTES;
            ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < size; i++) {
                bytes.putFloat((float) values[next]);
                next++;
            }
            changed.add(new TensorData(tensor.name(), tensor.type(), tensor.shape(), bytes.flip()));
        }
        return changed;
    }
}
