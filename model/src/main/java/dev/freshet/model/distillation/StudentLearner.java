package dev.freshet.model.distillation;

import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.learning.LearnerSnapshot;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.concurrent.CompletionStage;

/** What distils a student, as whoever leads a run sees it. Methods never block, but for {@link #close}. */
public interface StudentLearner extends AutoCloseable {
    /**
     * Takes one step, which makes the next version. An update whose loss or gradient is not finite changes nothing, and is counted in the
     * report.
     */
    CompletionStage<DistillationReport> learn(DistillationStep with);

    /** Copies all state as it is between two steps; the caller closes the copy. */
    CompletionStage<LearnerSnapshot> snapshot();

    /**
     * Goes on from another state. One whose tensors are not those of the settings fails the stage and changes nothing.
     *
     * @param state of a version above the newest
     */
    CompletionStage<Void> restore(LearnerSnapshot state);

    /** Samples of the newest version, from latents that are the same at every version. */
    CompletionStage<SampleSet> samples(int count);

    /** The newest version. */
    PolicyVersion version();

    @Override
    void close();
}
