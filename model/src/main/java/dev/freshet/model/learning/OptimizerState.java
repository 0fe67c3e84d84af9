package dev.freshet.model.learning;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** AdamW's moments and step counts, one of each for every parameter, in native memory that this object owns. */
final class OptimizerState implements AutoCloseable {
    private static final String FIRST = "exp_avg.";
    private static final String SECOND = "exp_avg_sq.";
    private static final String STEP = "step.";

    private final DecoderWeights firstMoments;
    private final DecoderWeights secondMoments;
    private final NDManager manager;
    private final NDList steps;

    private OptimizerState(DecoderWeights firstMoments, DecoderWeights secondMoments, NDManager manager, NDList steps) {
        this.firstMoments = firstMoments;
        this.secondMoments = secondMoments;
        this.manager = manager;
        this.steps = steps;
    }

    /** @param tensors those of {@link #toTensors}, or none for the state before the first update */
    static OptimizerState of(DecoderConfig config, ComputeDevice device, List<TensorData> tensors) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            DecoderWeights firstMoments = opened.add(moments(config, device, tensors, FIRST));
            DecoderWeights secondMoments = opened.add(moments(config, device, tensors, SECOND));
            List<String> names = firstMoments.names();
            NDManager manager = opened.add(device.newManager(ArrayKind.MOMENTS, (long) names.size() * Float.BYTES));
            NDList steps = new NDList();
            for (String name : names) {
                steps.add(manager.full(new Shape(), stepCount(tensors, STEP + name)));
            }
            opened.keep();
            return new OptimizerState(firstMoments, secondMoments, manager, steps);
        }
    }

    NDList firstMoments() {
        return firstMoments.parameters();
    }

    NDList secondMoments() {
        return secondMoments.parameters();
    }

    NDList steps() {
        return steps;
    }

    List<TensorData> toTensors() {
        List<TensorData> tensors = new ArrayList<>();
        firstMoments.toTensors().forEach(tensor -> tensors.add(renamed(tensor, FIRST + tensor.name())));
        secondMoments.toTensors().forEach(tensor -> tensors.add(renamed(tensor, SECOND + tensor.name())));
        List<String> names = firstMoments.names();
        for (int i = 0; i < names.size(); i++) {
            ByteBuffer bytes = steps.get(i).toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            tensors.add(new TensorData(STEP + names.get(i), ElementType.F32, List.of(), bytes));
        }
        return tensors;
    }

    @Override
    public void close() {
        manager.close();
        firstMoments.close();
        secondMoments.close();
    }

    private static DecoderWeights moments(
            DecoderConfig config, ComputeDevice device, List<TensorData> tensors, String prefix) {
        if (tensors.isEmpty()) {
            return DecoderWeights.zeros(config, device, ArrayKind.MOMENTS);
        }
        List<TensorData> moments = tensors.stream()
                .filter(tensor -> tensor.name().startsWith(prefix))
                .map(tensor -> renamed(tensor, tensor.name().substring(prefix.length())))
                .toList();
        try {
            return DecoderWeights.of(config, device, ArrayKind.MOMENTS, moments);
        } catch (IllegalArgumentException e) {
            String name = prefix.substring(0, prefix.length() - 1);
            throw new IllegalArgumentException("optimizer state " + name + ": " + e.getMessage(), e);
        }
    }

    private static float stepCount(List<TensorData> tensors, String name) {
        if (tensors.isEmpty()) {
            return 0;
        }
        TensorData count = tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("optimizer state must have a tensor " + name + ", had none"));
        if (count.type() != ElementType.F32 || !count.shape().isEmpty()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " must be F32 and a scalar, was " + count.type() + " of shape " + count.shape());
        }
        return count.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).getFloat();
    }

    private static TensorData renamed(TensorData tensor, String name) {
        return new TensorData(name, tensor.type(), tensor.shape(), tensor.bytes());
    }
}
