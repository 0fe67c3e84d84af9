package dev.freshet.model.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.Scalars;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.task.Demonstration;
import dev.freshet.model.task.Task.Demonstrations;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/**
 * Teaches a new decoder to imitate demonstrations, so that reinforcement learning has something to reinforce. The loss is the
 * mean over a batch's completion tokens of -ln pi(token); every batch is of demonstrations not seen before.
 */
public final class WarmUp {
    private final DecoderConfig config;
    private final WarmUpSettings settings;
    private final Demonstrations demonstrations;
    private final Progress progress;
    private final AtomicBoolean cancelled = new AtomicBoolean();

    private WarmUp(DecoderConfig config, WarmUpSettings settings, Demonstrations demonstrations, Progress progress) {
        this.config = config;
        this.settings = settings;
        this.demonstrations = demonstrations;
        this.progress = progress;
    }

    /** Hears of every update, on the warm-up's thread; must return soon. */
    public interface Progress {
        /**
         * @param step updates done, from 1
         * @param loss of the update's batch before it, in nats a token
         * @param tokens positions that went through the decoder since the beginning, without padding
         */
        void onStep(long step, long steps, double loss, long tokens);
    }

    /**
     * Trains from random weights and waits for the end; an interrupt stops it after the current update.
     *
     * @return the weights, in host memory: version 0 of the policy, whose optimizer starts afresh
     * @throws IllegalStateException if loss or gradient of an update are not finite
     */
    public static List<TensorData> run(
            DecoderConfig config, WarmUpSettings settings, Demonstrations demonstrations, Progress progress)
            throws InterruptedException {
        settings.compute().device().requirePresent();
        WarmUp warmUp = new WarmUp(config, settings, demonstrations, progress);
        try (EngineThread thread =
                EngineThread.start("warm-up", settings.compute().threads())) {
            return warmUp.trainOn(thread);
        }
    }

    private List<TensorData> trainOn(EngineThread thread) throws InterruptedException {
        try {
            return thread.call(this::train);
        } catch (InterruptedException e) {
            cancelled.set(true);
            throw e;
        }
    }

    private List<TensorData> train() {
        DecoderWeights initial =
                DecoderWeights.initialise(config, settings.compute().device(), settings.initial());
        try (TrainableDecoder decoder =
                TrainableDecoder.create(settings.compute(), initial, List.of(), TrainedParameters.ALL)) {
            long tokens = 0;
            for (long step = 0; step < settings.steps(); step++) {
                if (cancelled.get()) {
                    throw new CancellationException("warm-up was interrupted after " + step + " updates");
                }
                List<TokenSequence> batch = batch(step);
                double loss = update(decoder, batch, step);
                tokens += batch.stream().mapToLong(TokenSequence::positions).sum();
                progress.onStep(step + 1, settings.steps(), loss, tokens);
            }
            return decoder.weights();
        }
    }

    private double update(TrainableDecoder decoder, List<TokenSequence> batch, long step) {
        long tokens = batch.stream()
                .mapToLong(sequence -> sequence.completion().size())
                .sum();
        double loss = 0;
        for (MicroBatch microBatch : MicroBatches.cut(
                batch, settings.microBatchTokens(), decoder.config().width())) {
            loss += accumulate(decoder, microBatch, batch, tokens);
        }
        double norm = decoder.update(settings.learningRate().at(step), settings.optimizer());
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new IllegalStateException("warm-up's loss and gradient must be finite, were " + loss + " and " + norm
                    + " at update " + (step + 1) + "; lower freshet.warm-up.learning-rate, was "
                    + settings.learningRate().peak());
        }
        return loss;
    }

    private static double accumulate(
            TrainableDecoder decoder, MicroBatch microBatch, List<TokenSequence> batch, long batchTokens) {
        try (NDManager owner = decoder.newBatchManager()) {
            ScoredTokens scored = decoder.score(PackedSequences.of(microBatch, batch, owner));
            NDArray loss = Scalars.over(scored.scores().logProbs().sum(), -(double) batchTokens);
            scored.backward(loss);
            return loss.getFloat();
        }
    }

    private List<TokenSequence> batch(long step) {
        long first = step * settings.batch();
        return LongStream.range(first, first + settings.batch())
                .mapToObj(demonstrations::get)
                .map(this::sequence)
                .toList();
    }

    private TokenSequence sequence(Demonstration demonstration) {
        TokenSequence sequence = new TokenSequence(demonstration.prompt().tokens(), demonstration.completion(), 1);
        sequence.requireFits(config);
        return sequence;
    }
}
