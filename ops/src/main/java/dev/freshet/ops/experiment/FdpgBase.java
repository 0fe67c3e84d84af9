package dev.freshet.ops.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The policy that a recipe's arms begin from, with samples of it: what they are measured against.
 *
 * @param sample of the base, rewarded as the recipe does
 */
record FdpgBase(CheckpointedPolicy policy, PolicySample sample) {
    static FdpgBase of(FinishedRun base, FdpgRecipe recipe, long seed) throws IOException {
        CheckpointedPolicy policy =
                CheckpointedPolicy.of(base.directory(), base.initialCheckpoint(), recipe.settings());
        return new FdpgBase(policy, policy.sample(recipe.samples(), seed));
    }

    Path checkpoint() {
        return policy.checkpoint().directory();
    }

    /** Of the policy that a run ended with, by as many samples. */
    Map<String, Double> distanceOf(FinishedRun run, long seed) throws IOException, InterruptedException {
        CheckpointedPolicy trained = CheckpointedPolicy.of(run.directory(), run.lastCheckpoint(), List.of());
        PolicySample own = trained.sample(sample.rewards().size(), seed);
        TargetDistance distance = new TargetDistance(FdpgRecipe.BETA, sample.logProbs(), sample.rewards());
        return distance.of(trained.logProbs(sample), own, policy.logProbs(own));
    }
}
