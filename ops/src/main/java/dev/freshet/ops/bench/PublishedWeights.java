package dev.freshet.ops.bench;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderProgram;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;

/** Random weights and a registry that they are published in, over and over again. */
final class PublishedWeights implements AutoCloseable {
    private static final long SEED = 1;
    private static final double NANOS_PER_SECOND = 1e9;

    private final EngineThread owner;
    private final DecoderConfig config;
    private final DecoderWeights weights;
    private final WeightRegistry registry;
    private PolicyVersion version = PolicyVersion.INITIAL;

    private PublishedWeights(EngineThread owner, DecoderConfig config, DecoderWeights weights) {
        this.owner = owner;
        this.config = config;
        this.weights = weights;
        this.registry = new WeightRegistry(config, ComputeDevice.CPU);
    }

    /** Weights whose version 0 has been published. */
    static PublishedWeights of(DecoderConfig config) {
        EngineThread owner = EngineThread.start("bench-weights", 1);
        DecoderWeights weights = owner.submit(() -> DecoderWeights.initialise(config, ComputeDevice.CPU, SEED))
                .join();
        PublishedWeights published = new PublishedWeights(owner, config, weights);
        published.publish();
        return published;
    }

    DecoderConfig config() {
        return config;
    }

    WeightRegistry registry() {
        return registry;
    }

    /** Publishes the next version. */
    void publish() {
        owner.submit(() -> {
                    try (DecoderProgram copier = copier()) {
                        publishNext(copier);
                    }
                    return version;
                })
                .join();
    }

    /** Mean seconds of one publish out of {@code times}, on a new thread with that many intra-op threads, after one that is not timed. */
    double publishSeconds(int threads, int times) {
        try (EngineThread thread = EngineThread.start("bench-publish", threads)) {
            return thread.submit(() -> {
                        try (DecoderProgram copier = copier()) {
                            publishNext(copier);
                            long start = System.nanoTime();
                            for (int i = 0; i < times; i++) {
                                publishNext(copier);
                            }
                            return (System.nanoTime() - start) / NANOS_PER_SECOND / times;
                        }
                    })
                    .join();
        }
    }

    @Override
    public void close() {
        registry.close();
        owner.execute(weights::close);
        owner.close();
    }

    private void publishNext(DecoderProgram copier) {
        registry.publish(version, weights, copier);
        version = version.next();
    }

    private DecoderProgram copier() {
        return DecoderProgram.load(config, MatrixFlavour.PLAIN, ComputeDevice.CPU);
    }
}
