package dev.freshet.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.TorchProgram;
import dev.freshet.model.transformer.DecoderConfig;

/** Keys and values of every slot, (layers, slots, positions, heads, head width) each, allocated once. */
final class KeyValueCache implements AutoCloseable {
    private final NDManager manager;
    private final IValue keys;
    private final IValue values;

    KeyValueCache(DecoderConfig config, int slots, ComputeDevice device) {
        manager = device.newManager(ArrayKind.CACHE);
        Shape shape = new Shape(config.layers(), slots, config.maxLength(), config.keyValueHeads(), config.headWidth());
        NDArray keyArray = manager.zeros(shape);
        NDArray valueArray = manager.zeros(shape);
        keys = TorchProgram.tensor(keyArray);
        values = TorchProgram.tensor(valueArray);
    }

    IValue keys() {
        return keys;
    }

    IValue values() {
        return values;
    }

    @Override
    public void close() {
        keys.close();
        values.close();
        manager.close();
    }
}
