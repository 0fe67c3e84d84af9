package dev.freshet.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A TorchScript module made from source text. Each call is one JNI call, however much the method does.
 *
 * <p>The module has no state, so it may be called from several {@linkplain EngineThread engine threads} at once.
 */
public final class TorchProgram implements AutoCloseable {
    private static final String METHOD_PREFIX = "module_method:";

    private final NDManager manager;
    private final PtSymbolBlock module;

    private TorchProgram(NDManager manager, PtSymbolBlock module) {
        this.manager = manager;
        this.module = module;
    }

    /**
     * Compiles source text. Must be called on an {@link EngineThread}.
     *
     * @throws ai.djl.engine.EngineException with line and source, if the text is not TorchScript
     */
    public static TorchProgram compile(String source, ComputeDevice device) {
        try (OpenedSoFar opened = new OpenedSoFar()) {
            NDManager manager = opened.add(device.newManager(ArrayKind.PROGRAM));
            ByteArrayInputStream archive = new ByteArrayInputStream(TorchScriptArchive.pack(source));
            PtSymbolBlock module = JniUtils.loadModule((PtNDManager) manager, archive, false, false);
            opened.keep();
            return new TorchProgram(manager, module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method without building a graph. Tensors that it returns are inference tensors: autograd refuses to save them.
     *
     * @param arguments stay the caller's, who closes them
     * @return the caller closes it
     */
    public IValue call(String method, IValue... arguments) {
        return IValueUtils.runMethod(module, method, arguments);
    }

    /**
     * Calls a method of tensors and lists of tensors so that gradients can flow back through it, if the calling thread's grad mode
     * is on.
     *
     * @param arguments in order; consecutive arrays named {@code NAME[]} are one list. The first must be a plain tensor: results
     *     belong to its manager
     */
    public NDList callWithGradient(String method, NDList arguments) {
        NDList inputs = new NDList(arguments);
        try (NDArray methodName = arguments.get(0).getManager().zeros(new Shape())) {
            methodName.setName(METHOD_PREFIX + method);
            inputs.add(methodName);
            return IValueUtils.forward(module, inputs, true);
        }
    }

    /** A list argument; the caller closes it. */
    public static IValue list(NDList arrays) {
        PtNDArray[] elements = new PtNDArray[arrays.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (PtNDArray) arrays.get(i);
        }
        return IValue.listFrom(elements);
    }

    /** A tensor argument; the caller closes it. */
    public static IValue tensor(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    @Override
    public void close() {
        module.close();
        manager.close();
    }
}
