package dev.freshet.streams;

import akka.Done;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import java.util.concurrent.CompletionStage;

/** All that a {@link DatasetPipeline} sees of the outside world, as {@link PipelinePorts} is for rollouts. */
public interface DatasetPorts {
    /** Reads an example's line and tokenises it; a line that cannot be used is dropped, named in the detail. */
    CompletionStage<Outcome<TokenisedExample>> read(AdmittedExample example);

    /** Adds reference log-probs; the identity when the run has no reference. */
    CompletionStage<Outcome<ScoredExample>> scoreReference(TokenisedExample example);

    /** Takes one training step; completes when the version that it made can be read. */
    CompletionStage<StepReport> learn(DatasetBatch batch);

    /** As {@link PipelinePorts#pushWeights}. */
    CompletionStage<Done> pushWeights(PolicyVersion version);
}
