package dev.freshet.model.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a role computes: {@code cpu} or {@code cuda:N}.
 *
 * @param gpu the number of the GPU, or -1 for the CPU
 */
public record ComputeDevice(int gpu) {
    public static final ComputeDevice CPU = new ComputeDevice(-1);

    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

    /** @throws IllegalArgumentException if the name is of another form; {@code key} names the setting in the message */
    public static ComputeDevice parse(String name, String key) {
        if (name.equals("cpu")) {
            return CPU;
        }
        Matcher matcher = CUDA.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("device must be cpu or cuda:N, was \"" + name + "\" (" + key + ")");
        }
        return new ComputeDevice(Integer.parseInt(matcher.group(1)));
    }

    public boolean isCpu() {
        return gpu < 0;
    }

    /**
     * A new owner of native memory on this device, which the caller closes.
     *
     * @param kind of its arrays, as {@link OpenArrays} counts them
     */
    public NDManager newManager(ArrayKind kind) {
        return newManager(kind, 0);
    }

    /** @param bytes of the arrays that it is to own until it is closed, for {@link OpenArrays#bytes} */
    public NDManager newManager(ArrayKind kind, long bytes) {
        Device device = isCpu() ? Device.cpu() : Device.gpu(gpu);
        return OpenArrays.counted(NDManager.newBaseManager(device, "PyTorch"), kind, bytes);
    }

    /** @throws IllegalArgumentException if this is a GPU that the engine does not see */
    public void requirePresent() {
        int present = isCpu() ? 0 : Engine.getEngine("PyTorch").getGpuCount();
        if (gpu >= present) {
            throw new IllegalArgumentException(
                    "device " + this + " must be one of the " + present
                            + " GPUs that the engine sees; use cpu, or point PYTORCH_LIBRARY_PATH at a CUDA build of libtorch 2.7.1");
        }
    }

    @Override
    public String toString() {
        return isCpu() ? "cpu" : "cuda:" + gpu;
    }
}
