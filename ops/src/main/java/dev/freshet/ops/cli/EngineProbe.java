package dev.freshet.ops.cli;

import java.util.List;

/** Tries what is native. */
@FunctionalInterface
public interface EngineProbe {
    /**
     * Loads the engine, and multiplies two matrices on it, and the tokenizers' library.
     *
     * @throws Exception or a {@link LinkageError} if it does not load, or multiplies wrongly; the message says what is wrong
     */
    Engine probe() throws Exception;

    /**
     * @param name for example {@code PyTorch}
     * @param version of the native library
     * @param bindingVersion of DJL
     * @param devices for example {@code cpu}, {@code cuda:0}
     */
    record Engine(String name, String version, String bindingVersion, List<String> devices) {
        public Engine {
            devices = List.copyOf(devices);
        }
    }
}
