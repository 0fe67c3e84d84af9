package dev.freshet.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.transformer.TokenRows;
import dev.freshet.model.weights.WeightRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A small decoder in a registry, what generators make of it, and the learner's forward pass to hold that against. */
final class PublishedPolicy implements AutoCloseable {
    static final DecoderConfig CONFIG = new DecoderConfig(2, 32, 4, 2, 48, 20, 24, 10000, 1e-5, false);
    static final int GROUP_SIZE = 4;
    static final int STOP = 13;
    static final long SEED = 11;
    static final SamplingSettings SAMPLING = new SamplingSettings(0.9, 0, 1, 12);

    private final Map<Long, DecoderWeights> weightsBySeed = new HashMap<>();
    private final EngineThread thread = EngineThread.start("publisher", 1);
    private final DecoderConfig config;
    private final DecoderProgram program;
    private final WeightRegistry registry;

    PublishedPolicy(DecoderConfig config) {
        this.config = config;
        program = thread.submit(() -> DecoderProgram.load(config, MatrixFlavour.PLAIN, ComputeDevice.CPU))
                .join();
        registry = new WeightRegistry(config, ComputeDevice.CPU);
        publish(0, 1);
    }

    /** Makes random weights the newest version. */
    void publish(long version, long seed) {
        thread.submit(() -> {
                    registry.publish(new PolicyVersion(version), weights(seed), program);
                    return null;
                })
                .join();
    }

    WeightRegistry registry() {
        return registry;
    }

    DecoderGenerator start(GenerationSettings settings) {
        return DecoderGenerator.start("generator", config, settings, Set.of(STOP), SEED, registry);
    }

    /** As {@link #start}, of a generator that tells of each newer version. */
    DecoderGenerator startTelling(GenerationSettings settings, Consumer<WeightSwap> swaps) {
        return DecoderGenerator.start("generator", config, settings, Set.of(STOP), SEED, registry, swaps);
    }

    /** As {@link #start}, of a generator whose completions all have the maximum length. */
    DecoderGenerator startWithoutStop(GenerationSettings settings) {
        return DecoderGenerator.start("generator", config, settings, Set.of(config.vocabulary()), SEED, registry);
    }

    List<RolloutGroup> generate(GenerationSettings settings, List<AdmittedPrompt> prompts) {
        try (DecoderGenerator generator = start(settings)) {
            List<CompletionStage<RolloutGroup>> asked =
                    prompts.stream().map(generator::generate).toList();
            return asked.stream()
                    .map(stage -> stage.toCompletableFuture().join())
                    .toList();
        }
    }

    /** The completion's log-probs by one teacher-forced pass over prompt and completion, with the weights of {@code seed}. */
    float[] forward(Tokens prompt, Tokens completion, long seed) {
        float[][] distributions = distributions(prompt, completion, seed);
        float[] logProbs = new float[distributions.length];
        for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = distributions[i][completion.get(i)];
        }
        return logProbs;
    }

    /** Log-probs (completion, vocabulary) of all tokens in each place of the completion, by the same pass. */
    float[][] distributions(Tokens prompt, Tokens completion, long seed) {
        int length = prompt.size() + completion.size();
        long[] ids = new long[length];
        prompt.copyTo(ids, 0);
        completion.copyTo(ids, prompt.size());
        long[] picks = new long[completion.size()];
        for (int i = 0; i < picks.length; i++) {
            picks[i] = prompt.size() - 1L + i;
        }
        return thread.submit(() -> {
                    try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
                        NDArray tokens = manager.create(ids, new Shape(1, length));
                        NDArray temperature = manager.create((float) SAMPLING.temperature());
                        NDList arguments = weights(seed).arguments();
                        NDArray scores = program.logDistributions(
                                TokenRows.plain(tokens), manager.create(picks), temperature, arguments);
                        float[][] rows = new float[picks.length][];
                        for (int row = 0; row < rows.length; row++) {
                            rows[row] = scores.get(row).toFloatArray();
                        }
                        return rows;
                    }
                })
                .join();
    }

    @Override
    public void close() {
        registry.close();
        program.close();
        weightsBySeed.values().forEach(DecoderWeights::close);
        thread.close();
    }

    static GenerationSettings settings(MatrixFlavour flavour, int slots, int chunk, SamplingSettings sampling) {
        return settings(flavour, slots, chunk, sampling, OnNewVersion.KEEP);
    }

    static GenerationSettings settings(
            MatrixFlavour flavour, int slots, int chunk, SamplingSettings sampling, OnNewVersion onNewVersion) {
        return new GenerationSettings(
                1, GROUP_SIZE, slots, chunk, 1, ComputeDevice.CPU, flavour, onNewVersion, sampling);
    }

    static List<AdmittedPrompt> prompts(int count) {
        Random random = new Random(5);
        List<AdmittedPrompt> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids =
                    random.ints(1 + random.nextInt(10), 1, CONFIG.vocabulary()).toArray();
            prompts.add(new AdmittedPrompt(i, new Prompt("prompt " + i, Tokens.of(ids), ""), SAMPLING.temperature()));
        }
        return prompts;
    }

    DecoderWeights weights(long seed) {
        return weightsBySeed.computeIfAbsent(seed, key -> DecoderWeights.initialise(config, ComputeDevice.CPU, key));
    }
}
