package dev.freshet.model.learning;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.safetensors.TensorData;
import java.util.List;

/**
 * A copy of a learner's state between two steps, in host memory, so that writing it to disk holds nobody up. Close it to give
 * its buffers back; its tensors must not be used after that.
 */
public interface LearnerSnapshot extends AutoCloseable {
    PolicyVersion version();

    /**
     * Training steps that the weights have behind them, and so the position in the learning rate's schedule: below the version's
     * number after a rollback.
     */
    long step();

    /** Optimizer updates applied so far, warm-up not counted. */
    long optimizerSteps();

    /** The policy's weights in fp32, named as in Hugging Face Llama checkpoints where such a name exists. */
    List<TensorData> weights();

    /**
     * First and second moments and step counts, named {@code exp_avg.W}, {@code exp_avg_sq.W}, {@code step.W}, what objectives remember,
     * {@code objective.N}, the weights of a proposal that generators are kept on, {@code proposal.W}, and what the learner is held to of
     * its own past, {@code trajectory.N} or {@code average.W}.
     */
    List<TensorData> optimizer();

    @Override
    void close();
}
