package dev.freshet.model.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.OwnedArray;
import dev.freshet.model.safetensors.TensorData;
import dev.freshet.model.transformer.DecoderProgram.AdamW;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The parameters of one small network with their gradients and AdamW's state, in native memory that this object owns. All methods but
 * {@link #close} must be called on an {@link dev.freshet.model.engine.EngineThread}.
 */
public final class TrainableParameters implements AutoCloseable {
    /** The name that makes an array an element of the program's list argument {@code w}. */
    private static final String LIST_ELEMENT = "w[]";

    private static final String FIRST = "exp_avg.";
    private static final String SECOND = "exp_avg_sq.";
    private static final String STEP = "step.";

    private final List<String> names;
    private final NDManager manager;
    private final NDManager momentsManager;
    private final NDList trained;
    private final NDList frozen;
    private final Moments moments;

    /** One of each for every parameter. */
    private record Moments(NDList first, NDList second, NDList steps) {}

    private TrainableParameters(
            List<String> names, NDManager manager, NDManager momentsManager, NDList trained, Moments moments) {
        this.names = names;
        this.manager = manager;
        this.momentsManager = momentsManager;
        this.trained = trained;
        this.moments = moments;
        this.frozen = new NDList();
        for (NDArray parameter : trained) {
            parameter.setName(LIST_ELEMENT);
            // The same memory, which no graph leads to.
            NDArray view = parameter.stopGradient();
            view.setName(LIST_ELEMENT);
            frozen.add(view);
            parameter.setRequiresGradient(true);
        }
    }

    /**
     * Copies parameters to a device.
     *
     * @param optimizer those of {@link #optimizer}, or none for the state before the first update
     * @throws IllegalArgumentException if the optimizer's tensors are not those of the parameters
     */
    public static TrainableParameters of(
            ComputeDevice device, List<TensorData> parameters, List<TensorData> optimizer) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            long bytes = parameters.stream()
                    .mapToLong(tensor -> tensor.bytes().remaining())
                    .sum();
            NDManager manager = opened.add(device.newManager(ArrayKind.PARAMETERS, bytes));
            NDManager momentsManager = opened.add(device.newManager(ArrayKind.MOMENTS, 2 * bytes));
            Moments moments = new Moments(new NDList(), new NDList(), new NDList());
            NDList trained = new NDList();
            for (TensorData parameter : parameters) {
                trained.add(array(parameter, manager));
                moments.first().add(array(state(FIRST, parameter, parameter.shape(), optimizer), momentsManager));
                moments.second().add(array(state(SECOND, parameter, parameter.shape(), optimizer), momentsManager));
                moments.steps().add(array(state(STEP, parameter, List.of(), optimizer), momentsManager));
            }
            opened.keep();
            List<String> names = parameters.stream().map(TensorData::name).toList();
            return new TrainableParameters(names, manager, momentsManager, trained, moments);
        }
    }

    /** The parameters as leaves of autograd; they stay this object's. */
    NDList trained() {
        return trained;
    }

    /** The same numbers as constants, also after updates; they stay this object's. */
    NDList frozen() {
        return frozen;
    }

    /**
     * One AdamW update from the accumulated gradients, which are zeroed.
     *
     * @return their global norm before clipping; if it is not finite, no parameter was changed
     */
    public double update(DiffusionProgram program, double learningRate, AdamW settings) {
        return program.adamw(trained, moments.first(), moments.second(), moments.steps(), learningRate, settings);
    }

    public void discardGradients() {
        for (NDArray parameter : trained) {
            PtNDArray gradient = JniUtils.getGradient((PtNDArray) parameter);
            if (gradient != null) {
                gradient.close();
                JniUtils.zeroGrad((PtNDArray) parameter);
            }
        }
    }

    /** A copy in host memory, of the names that they came with. */
    public List<TensorData> toTensors() {
        return copies(frozen, name -> name);
    }

    /** A copy of the optimizer's state in host memory. */
    public List<TensorData> optimizer() {
        List<TensorData> tensors = new ArrayList<>(copies(moments.first(), name -> FIRST + name));
        tensors.addAll(copies(moments.second(), name -> SECOND + name));
        tensors.addAll(copies(moments.steps(), name -> STEP + name));
        return tensors;
    }

    @Override
    public void close() {
        manager.close();
        momentsManager.close();
    }

    private List<TensorData> copies(NDList arrays, Function<String, String> naming) {
        List<TensorData> tensors = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            tensors.add(HostTensors.copyOf(naming.apply(names.get(i)), arrays.get(i)));
        }
        return tensors;
    }

    private static TensorData state(String prefix, TensorData parameter, List<Long> shape, List<TensorData> optimizer) {
        String name = prefix + parameter.name();
        if (optimizer.isEmpty()) {
            long values = shape.stream().reduce(1L, Math::multiplyExact);
            return HostTensors.floats(name, shape, new float[Math.toIntExact(values)]);
        }
        TensorData state = optimizer.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("optimizer state must have a tensor " + name + ", had none"));
        if (!state.shape().equals(shape)) {
            throw new IllegalArgumentException(
                    "tensor " + name + " must have shape " + shape + ", had " + state.shape());
        }
        return state;
    }

    private static NDArray array(TensorData tensor, NDManager manager) {
        return OwnedArray.of(HostTensors.floatsOf(tensor), new Shape(tensor.shape()), manager);
    }
}
