package dev.freshet.model.generation;

import com.typesafe.config.Config;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.transformer.MatrixFlavour;

/**
 * How generators work.
 *
 * @param generators number of generators in this process, each with a thread and caches of its own
 * @param groupSize rollouts of each prompt
 * @param slots rollouts that one generator decodes at a time
 * @param chunk decode steps a native call, between which rollouts are admitted and retired and weights swapped
 * @param threads intra-op threads of each generator
 */
public record GenerationSettings(
        int generators,
        int groupSize,
        int slots,
        int chunk,
        int threads,
        ComputeDevice device,
        MatrixFlavour flavour,
        OnNewVersion onNewVersion,
        SamplingSettings sampling) {

    /** {@code freshet.generation.*} */
    public static GenerationSettings from(Config generation) {
        ComputeDevice device = ComputeDevice.parse(generation.getString("device"), "freshet.generation.device");
        return new GenerationSettings(
                generation.getInt("generators"),
                generation.getInt("group-size"),
                generation.getInt("slots"),
                generation.getInt("chunk"),
                generation.getInt("threads"),
                device,
                MatrixFlavour.parse(
                        generation.getString("matrix-flavour"), device, "freshet.generation.matrix-flavour"),
                OnNewVersion.parse(generation.getString("kv-on-swap")),
                SamplingSettings.from(generation));
    }

    public GenerationSettings {
        requireAtLeast(1, generators, "generators");
        requireAtLeast(1, groupSize, "group-size");
        requireAtLeast(1, chunk, "chunk");
        requireAtLeast(1, threads, "threads");
        if (slots < groupSize) {
            throw new IllegalArgumentException("slots must hold at least one group of " + groupSize + ", was " + slots
                    + " (freshet.generation.slots, freshet.generation.group-size)");
        }
    }

    /**
     * The same work such that nothing depends on timing: one generator that decodes one group at a time, so that every matrix
     * product has the same shape whenever a group arrives.
     */
    public GenerationSettings deterministic() {
        return new GenerationSettings(1, groupSize, groupSize, chunk, threads, device, flavour, onNewVersion, sampling);
    }

    private static void requireAtLeast(int least, int value, String key) {
        if (value < least) {
            throw new IllegalArgumentException(
                    key + " must be at least " + least + ", was " + value + " (freshet.generation." + key + ")");
        }
    }
}
