package dev.freshet.model.generation;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.concurrent.CompletionStage;

/**
 * Samples groups of rollouts from the newest published policy. Methods may be called from any thread and never block;
 * {@link #close} waits for the native call that is running.
 */
public interface RolloutGenerator extends AutoCloseable {
    /**
     * Samples one group. The stage completes on the generator's own thread; it fails with {@link GenerationException} when the
     * generator is closed or its native call fails, and with {@link PromptTooLongException} when nothing is wrong with the
     * generator.
     */
    CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt);

    /** The version whose weights the next token will be sampled with. */
    PolicyVersion version();

    /** Stops sampling after the chunk that is running, keeping every unfinished rollout, until {@link #resume}. */
    void halt();

    void resume();

    /** Gives up every group in progress, which fails with {@link GenerationException}; also while halted. */
    void abandon();

    /** What has been done since the generator started. */
    GenerationCounts counts();

    @Override
    void close();
}
