package dev.freshet.ops.bench;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.PolicyObjective;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Stands where the model would: every completion and every step is there at once, and says which version it is of. Thread-safe.
 */
final class NoModel {
    private static final int TOKENS = 4;

    private final int groupSize;
    private final LogProbs logProbs = LogProbs.of(new float[TOKENS]);
    private final List<LogProbs> reference;
    private volatile Published published;

    private record Published(PolicyVersion version, List<Rollout> rollouts) {}

    NoModel(int groupSize) {
        this.groupSize = groupSize;
        this.reference = Collections.nCopies(groupSize, logProbs);
        this.published = new Published(PolicyVersion.INITIAL, rollouts(PolicyVersion.INITIAL));
    }

    PolicyVersion version() {
        return published.version();
    }

    RolloutGroup generate(AdmittedPrompt prompt) {
        return new RolloutGroup(prompt, published.rollouts());
    }

    List<LogProbs> scoreReference() {
        return reference;
    }

    StepReport learn(List<ScoredGroup> batch, PolicyObjective objective) {
        PolicyVersion learnt = published.version();
        PolicyVersion next = learnt.next();
        PolicyVersion oldest = batch.stream()
                .map(group -> group.group().oldestVersion())
                .min(PolicyVersion::compareTo)
                .orElseThrow();
        published = new Published(next, rollouts(next));
        int rollouts = batch.size() * groupSize;
        return new StepReport(
                next,
                objective.name(),
                objective.regularisation().spec(),
                objective.regularisation().coefficient(),
                batch.get(0).sequence(),
                batch.get(batch.size() - 1).sequence(),
                batch.size(),
                rollouts,
                (long) rollouts * TOKENS,
                0.5,
                0.5,
                0,
                0,
                0,
                1,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                learnt.minus(oldest),
                learnt.minus(oldest),
                0,
                0,
                0);
    }

    private List<Rollout> rollouts(PolicyVersion version) {
        long[] versions = new long[TOKENS];
        Arrays.fill(versions, version.number());
        Rollout rollout = new Rollout(
                Tokens.of(new int[TOKENS]), FinishReason.LENGTH, logProbs, logProbs, TokenVersions.of(versions));
        return Collections.nCopies(groupSize, rollout);
    }
}
