package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.prompts;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.engine.JavaBuffers;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.transformer.MatrixFlavour;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A program that samples a group while no direct buffer can be had, and again when there is room. */
final class ExhaustedMemory {
    /** Of direct buffers, in bytes. */
    static final int LIMIT = 16 << 20;

    /** Whose uniforms are more numbers than the generator has had to hand over until then. */
    static final int GROUP_SIZE = 64;

    private static final GenerationSettings SETTINGS = new GenerationSettings(
            1,
            GROUP_SIZE,
            GROUP_SIZE,
            12,
            1,
            ComputeDevice.CPU,
            MatrixFlavour.FP32_PACKED,
            OnNewVersion.KEEP,
            SAMPLING);

    private ExhaustedMemory() {}

    public static void main(String[] arguments) throws Exception {
        AdmittedPrompt prompt = prompts(1).get(0);
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG);
                DecoderGenerator generator = policy.start(SETTINGS)) {
            List<ByteBuffer> hoard = hoard();
            try {
                generator.generate(prompt).toCompletableFuture().get(1, TimeUnit.MINUTES);
            } catch (ExecutionException e) {
                System.out.println(e.getCause());
            }
            hoard.clear();
            RolloutGroup group =
                    generator.generate(prompt).toCompletableFuture().get(1, TimeUnit.MINUTES);
            System.out.println("then sampled: " + group.rollouts().size());
        }
    }

    /** Every byte there is, also those that a collection of garbage frees, which a refused allocation begins with. */
    private static List<ByteBuffer> hoard() {
        List<ByteBuffer> hoard = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            int free = (int) (LIMIT - JavaBuffers.bytes());
            if (free > 0) {
                hoard.add(ByteBuffer.allocateDirect(free));
            }
            collectGarbage();
        }
        return hoard;
    }

    /** Asks for more than there is, which the JVM refuses only after a collection. */
    private static void collectGarbage() {
        try {
            ByteBuffer tooLarge = ByteBuffer.allocateDirect(LIMIT);
            throw new IllegalStateException("direct buffers must be limited to " + LIMIT + ", had " + tooLarge);
        } catch (OutOfMemoryError expected) {
            System.err.println("collected after: " + expected.getMessage());
        }
    }
}
