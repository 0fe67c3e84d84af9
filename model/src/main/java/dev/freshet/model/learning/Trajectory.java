package dev.freshet.model.learning;

import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.trajectory.OutputStore;
import dev.freshet.model.trajectory.OutputTensors;
import dev.freshet.model.trajectory.TrajectorySettings;
import dev.freshet.model.trajectory.TrajectorySettings.Kind;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a learner is held to of its own past, whatever its objective: nothing, what it said some epochs ago (SAF), or the average of its
 * weights (MESA). All methods run on the learner's thread.
 */
final class Trajectory implements AutoCloseable {
    private static final String PREFIX = "average.";

    private final TrajectorySettings settings;
    private final TrainableDecoder decoder;
    private final OutputStore outputs;
    private final @Nullable DecoderWeights average;

    private Trajectory(
            TrajectorySettings settings,
            TrainableDecoder decoder,
            OutputStore outputs,
            @Nullable DecoderWeights average) {
        this.settings = settings;
        this.decoder = decoder;
        this.outputs = outputs;
        this.average = average;
    }

    /**
     * As it was when a snapshot was taken; an average that was not kept yet begins with the snapshot's weights.
     *
     * @param decoder whose trajectory it is; stays the caller's
     * @throws IllegalArgumentException if the snapshot's tensors are not those of the decoder
     */
    static Trajectory of(
            TrajectorySettings settings, ComputeSettings compute, TrainableDecoder decoder, LearnerSnapshot state) {
        OutputStore outputs = new OutputStore(settings.epochsAgo(), settings.temperature(), settings.maxBytes());
        if (settings.kind() == Kind.SAF) {
            OutputTensors.fill(outputs, state.optimizer());
        }
        if (settings.kind() != Kind.MESA) {
            return new Trajectory(settings, decoder, outputs, null);
        }
        List<TensorData> kept = averaged(state.optimizer());
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights average = opened.add(DecoderWeights.of(
                    decoder.config(), compute.device(), ArrayKind.PARAMETERS, kept.isEmpty() ? state.weights() : kept));
            opened.keep();
            return new Trajectory(settings, decoder, outputs, average);
        }
    }

    private static List<TensorData> averaged(List<TensorData> tensors) {
        return tensors.stream()
                .filter(tensor -> tensor.name().startsWith(PREFIX))
                .map(tensor -> renamed(tensor, tensor.name().substring(PREFIX.length())))
                .toList();
    }

    /**
     * What a micro-batch of rollouts is held to.
     *
     * @param step of the run, from 0
     * @throws IllegalArgumentException under SAF
     */
    Optional<VocabularyTerm> ofRollouts(long step) {
        settings.requireFitsRollouts();
        return step < settings.fromStep() ? Optional.empty() : ofAverage();
    }

    /**
     * What a micro-batch of a dataset's examples is held to.
     *
     * @param epoch of the mini-batch, for what begins with an epoch; what examples said, each said in epochs of its own
     */
    Optional<VocabularyTerm> ofExamples(List<TokenisedExample> examples, long epoch, Pass pass) {
        return switch (settings.kind()) {
            case NONE -> Optional.empty();
            case SAF ->
                Optional.of(new PastOutputsTerm(
                        outputs, settings, examples, decoder.config().vocabulary(), pass));
            case MESA -> epoch < settings.fromEpoch() ? Optional.empty() : ofAverage();
        };
    }

    private Optional<VocabularyTerm> ofAverage() {
        return average == null
                ? Optional.empty()
                : Optional.of(new AverageTerm(decoder.program(), average.arguments(), settings.temperature()));
    }

    /** Factor of a token's trajectory loss in the loss of its mini-batch, which is a mean over tokens. */
    double tokenWeight(long miniBatchTokens) {
        return settings.coefficient() / miniBatchTokens;
    }

    /** The weights were updated. */
    void updated() {
        if (average != null) {
            decoder.average(average, settings.decay());
        }
    }

    /** For a snapshot; {@link #of} reads them back. */
    List<TensorData> tensors() {
        return average == null
                ? OutputTensors.of(outputs)
                : average.toTensors().stream()
                        .map(tensor -> renamed(tensor, PREFIX + tensor.name()))
                        .toList();
    }

    /** What a step tells of it, by name. */
    Map<String, Double> measures() {
        return settings.kind() == Kind.SAF
                ? Map.of(
                        "trajectory_bytes", (double) outputs.bytes(),
                        "trajectory_refused", (double) outputs.refused())
                : Map.of();
    }

    private static TensorData renamed(TensorData tensor, String name) {
        return new TensorData(name, tensor.type(), tensor.shape(), tensor.bytes());
    }

    @Override
    public void close() {
        if (average != null) {
            average.close();
        }
    }
}
