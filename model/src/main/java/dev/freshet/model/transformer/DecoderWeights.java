package dev.freshet.model.transformer;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.safetensors.TensorData.ElementType;
import dev.freshet.model.transformer.DecoderLayout.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a decoder in fp32, in native memory that this object owns. Every array has allocator memory of its own, never a
 * mapped file's: alignment decides which kernels run, and so the last bits of their sums.
 */
public final class DecoderWeights implements AutoCloseable {
    /** The name that makes an array an element of the program's list argument {@code w}. */
    private static final String LIST_ELEMENT = "w[]";

    private final DecoderConfig config;
    private final NDManager manager;
    private final NDList parameters;

    private DecoderWeights(DecoderConfig config, NDManager manager, NDList parameters) {
        this.config = config;
        this.manager = manager;
        this.parameters = parameters;
        parameters.forEach(parameter -> parameter.setName(LIST_ELEMENT));
    }

    /** Random weights with {@link InitialWeights#of(long)}'s deviations. */
    public static DecoderWeights initialise(DecoderConfig config, ComputeDevice device, long seed) {
        return initialise(config, device, InitialWeights.of(seed));
    }

    /** Random weights: matrices from normal distributions of mean 0, norm gains 1. */
    public static DecoderWeights initialise(DecoderConfig config, ComputeDevice device, InitialWeights initial) {
        SplittableRandom random = new SplittableRandom(initial.seed());
        return fill(config, device, ArrayKind.PARAMETERS, parameter -> {
            float[] values = new float[parameter.size()];
            double deviation = initial.deviationOf(parameter, config);
            for (int i = 0; i < values.length; i++) {
                values[i] = parameter.isMatrix() ? (float) (deviation * random.nextGaussian()) : 1f;
            }
            return Optional.of(values);
        });
    }

    /** Weights of zeros, to be copied into. */
    public static DecoderWeights zeros(DecoderConfig config, ComputeDevice device, ArrayKind kind) {
        return fill(config, device, kind, parameter -> Optional.empty());
    }

    /** @throws IllegalArgumentException if a tensor is missing, is left over, or has another shape or type than fp32 */
    public static DecoderWeights of(
            DecoderConfig config, ComputeDevice device, ArrayKind kind, List<TensorData> tensors) {
        Map<String, TensorData> byName =
                tensors.stream().collect(Collectors.toMap(TensorData::name, Function.identity()));
        DecoderWeights weights = fill(
                config, device, kind, parameter -> Optional.of(values(parameter, byName.remove(parameter.name()))));
        if (!byName.isEmpty()) {
            weights.close();
            throw new IllegalArgumentException(
                    "weights must be those of the model's layout, had others: " + byName.keySet());
        }
        return weights;
    }

    public DecoderConfig config() {
        return config;
    }

    /** The parameters in the layout's order; they stay this object's. */
    public NDList parameters() {
        return parameters;
    }

    /** The program's list argument: the parameters, and the embedding once more in the head's place if it is tied. */
    public NDList arguments() {
        NDList arguments = new NDList(parameters);
        if (config.tiedHead()) {
            arguments.add(parameters.get(0));
        }
        return arguments;
    }

    /** The parameters' names, in their order. */
    public List<String> names() {
        return DecoderLayout.of(config).stream().map(Parameter::name).toList();
    }

    /** Number of scalars. */
    public long size() {
        return size(config);
    }

    /** Numbers in all weights of such a decoder. */
    public static long size(DecoderConfig config) {
        return DecoderLayout.of(config).stream().mapToLong(Parameter::size).sum();
    }

    /** A copy in host memory. */
    public List<TensorData> toTensors() {
        List<Parameter> layout = DecoderLayout.of(config);
        List<TensorData> tensors = new ArrayList<>();
        for (int i = 0; i < layout.size(); i++) {
            ByteBuffer bytes = parameters.get(i).toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            tensors.add(new TensorData(
                    layout.get(i).name(), ElementType.F32, layout.get(i).shape(), bytes));
        }
        return tensors;
    }

    /** Makes the parameters leaves of autograd, for a learner. */
    public void requireGradients() {
        parameters.forEach(parameter -> parameter.setRequiresGradient(true));
    }

    @Override
    public void close() {
        manager.close();
    }

    /** @param values of a parameter; zeros where there are none */
    private static DecoderWeights fill(
            DecoderConfig config, ComputeDevice device, ArrayKind kind, Function<Parameter, Optional<float[]>> values) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            NDManager manager = opened.add(device.newManager(kind, size(config) * Float.BYTES));
            NDList parameters = new NDList();
            for (Parameter parameter : DecoderLayout.of(config)) {
                Shape shape = new Shape(parameter.shape());
                parameters.add(values.apply(parameter)
                        .map(host -> OwnedArray.of(host, shape, manager))
                        .orElseGet(() -> manager.zeros(shape, DataType.FLOAT32)));
            }
            opened.keep();
            return new DecoderWeights(config, manager, parameters);
        }
    }

    private static float[] values(Parameter parameter, @Nullable TensorData tensor) {
        if (tensor == null) {
            throw new IllegalArgumentException("weights must have a tensor " + parameter.name() + ", had none");
        }
        if (tensor.type() != ElementType.F32 || !tensor.shape().equals(parameter.shape())) {
            throw new IllegalArgumentException("tensor " + parameter.name() + " must be F32 of shape "
                    + parameter.shape() + ", was " + tensor.type() + " of shape " + tensor.shape());
        }
        float[] values = new float[parameter.size()];
        tensor.bytes()
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
