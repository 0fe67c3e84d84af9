package dev.freshet.model.objective;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** f-DPG as settings have it, and what it makes of samples. */
final class Fdpgs {
    private Fdpgs() {}

    /** The defaults, but for the given lines. */
    static Fdpg of(String divergence, String... lines) {
        List<String> all = new ArrayList<>(List.of(lines));
        all.add("freshet.divergence = \"" + divergence + "\"");
        return Fdpg.from(Objectives.config(all.toArray(new String[0])));
    }

    static Credits credits(Fdpg fdpg, List<FdpgSample> samples, ObjectiveMemory memory) {
        try (NDManager owner = NDManager.newBaseManager()) {
            return fdpg.credits(samples, memory, owner);
        }
    }

    /** Of a first batch of at most 1024 samples, in double precision. */
    static List<Double> pseudoRewards(Fdpg fdpg, List<FdpgSample> samples) {
        ObjectiveMemory memory = credits(fdpg, samples, ObjectiveMemory.EMPTY).memory();
        return FdpgState.of(memory, fdpg).window().values();
    }
}
