package dev.freshet.model.learning;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import java.util.List;
import java.util.Optional;

/** The weights of a proposal that generators are kept on, as they stand beside the optimizer's state in a snapshot. */
final class ProposalTensors {
    private static final String PREFIX = "proposal.";

    private ProposalTensors() {}

    static List<TensorData> named(List<TensorData> weights) {
        return weights.stream()
                .map(tensor -> renamed(tensor, PREFIX + tensor.name()))
                .toList();
    }

    /**
     * The proposal among the tensors of a snapshot, in native memory that becomes the caller's; empty if generators sample from the newest
     * version.
     *
     * @throws IllegalArgumentException if it is not of the decoder
     */
    static Optional<DecoderWeights> open(DecoderConfig config, ComputeDevice device, List<TensorData> tensors) {
        List<TensorData> weights = tensors.stream()
                .filter(tensor -> tensor.name().startsWith(PREFIX))
                .map(tensor -> renamed(tensor, tensor.name().substring(PREFIX.length())))
                .toList();
        return weights.isEmpty()
                ? Optional.empty()
                : Optional.of(DecoderWeights.of(config, device, ArrayKind.PUBLISHED, weights));
    }

    private static TensorData renamed(TensorData tensor, String name) {
        return new TensorData(name, tensor.type(), tensor.shape(), tensor.bytes());
    }
}
