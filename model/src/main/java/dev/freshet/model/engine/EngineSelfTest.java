package dev.freshet.model.engine;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads the native engine and multiplies two matrices on it.
 *
 * @param name of the engine
 * @param version of the native library
 * @param bindingVersion of DJL
 * @param devices {@code cpu} and the GPUs that the engine sees
 */
public record EngineSelfTest(String name, String version, String bindingVersion, List<String> devices) {
    private static final int SIZE = 64;

    public EngineSelfTest {
        devices = List.copyOf(devices);
    }

    /** @throws IllegalStateException if the engine multiplies wrongly */
    public static EngineSelfTest run() {
        try (EngineThread thread = EngineThread.start("self-test", 1)) {
            return thread.submit(EngineSelfTest::multiply).join();
        }
    }

    private static EngineSelfTest multiply() {
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager manager = ComputeDevice.CPU.newManager(ArrayKind.OTHER)) {
            NDArray product = manager.ones(new Shape(SIZE, SIZE)).matMul(manager.full(new Shape(SIZE, SIZE), 2f));
            float sum = product.sum().getFloat();
            float expected = 2f * SIZE * SIZE * SIZE;
            if (sum != expected) {
                throw new IllegalStateException("a product of matrices must sum to " + expected + ", was " + sum
                        + ": the native library does not fit this machine");
            }
        }
        List<String> devices = new ArrayList<>(List.of("cpu"));
        for (int gpu = 0; gpu < engine.getGpuCount(); gpu++) {
            devices.add(new ComputeDevice(gpu).toString());
        }
        return new EngineSelfTest(engine.getEngineName(), engine.getVersion(), Engine.getDjlVersion(), devices);
    }
}
