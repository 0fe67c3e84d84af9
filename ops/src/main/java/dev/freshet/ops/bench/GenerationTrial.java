package dev.freshet.ops.bench;

import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Groups that a generator samples while somebody looks at the clock. */
final class GenerationTrial {
    private static final double NANOS_PER_SECOND = 1e9;

    private GenerationTrial() {}

    /** Completion tokens a second, over all groups; they wait together before the first is begun. */
    static double tokensPerSecond(RolloutGenerator generator, List<AdmittedPrompt> prompts) {
        generator.halt();
        List<CompletableFuture<RolloutGroup>> groups = prompts.stream()
                .map(prompt -> generator.generate(prompt).toCompletableFuture())
                .toList();
        long start = System.nanoTime();
        generator.resume();
        CompletableFuture.allOf(groups.toArray(new CompletableFuture<?>[0])).join();
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        return groups.stream()
                        .mapToLong(group -> group.join().completionTokens())
                        .sum()
                / seconds;
    }
}
