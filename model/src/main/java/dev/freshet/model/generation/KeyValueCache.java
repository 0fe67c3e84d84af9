package dev.freshet.model.generation;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.OpenedSoFar;
import dev.freshet.model.engine.TorchProgram;
import dev.freshet.model.transformer.DecoderConfig;

/** Keys and values of every slot, (layers, slots, positions, heads, head width) each, allocated once. */
final class KeyValueCache implements AutoCloseable {
    private final NDManager manager;
    private final IValue keys;
    private final IValue values;

    private KeyValueCache(NDManager manager, IValue keys, IValue values) {
        this.manager = manager;
        this.keys = keys;
        this.values = values;
    }

    static KeyValueCache allocate(DecoderConfig config, int slots, ComputeDevice device) {
        Shape shape = new Shape(config.layers(), slots, config.maxLength(), config.keyValueHeads(), config.headWidth());
        try (OpenedSoFar opened = new OpenedSoFar()) {
            NDManager manager = opened.add(device.newManager(ArrayKind.CACHE, 2 * shape.size() * Float.BYTES));
            IValue keys = opened.add(TorchProgram.tensor(manager.zeros(shape)));
            IValue values = opened.add(TorchProgram.tensor(manager.zeros(shape)));
            opened.keep();
            return new KeyValueCache(manager, keys, values);
        }
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
