package dev.freshet.streams;

import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.Collections;
import java.util.List;

/** Small groups, each of two rollouts of one token, and what a learner would report of them. */
final class Groups {
    private Groups() {}

    static Prompt prompt(long sequence) {
        return new Prompt(sequence + "+0=", Tokens.of(1), Long.toString(sequence));
    }

    static AdmittedPrompt admitted(long sequence) {
        return new AdmittedPrompt(sequence, prompt(sequence), 1);
    }

    static Rollout rollout(int token, PolicyVersion version) {
        LogProbs logProbs = LogProbs.of(-1);
        return new Rollout(Tokens.of(token), FinishReason.STOP, logProbs, logProbs, TokenVersions.of(version.number()));
    }

    static RolloutGroup sampledBy(PolicyVersion version, AdmittedPrompt prompt) {
        return new RolloutGroup(prompt, Collections.nCopies(2, rollout(1, version)));
    }

    static VerifiedGroup rewarded(RolloutGroup group, double first, double second) {
        return new VerifiedGroup(group, List.of(first, second));
    }

    static ScoredGroup scored(long sequence, PolicyVersion version) {
        return ScoredGroup.withoutReference(rewarded(sampledBy(version, admitted(sequence)), 1, 0));
    }

    /** The report of the step that made {@code version} from {@code batch}. */
    static StepReport report(PolicyVersion version, List<ScoredGroup> batch) {
        long staleness = batch.stream()
                .mapToLong(group ->
                        version.number() - 1 - group.group().oldestVersion().number())
                .max()
                .orElseThrow();
        int rollouts = batch.size() * 2;
        return new StepReport(
                version,
                "grpo",
                "none",
                0,
                batch.get(0).sequence(),
                batch.get(batch.size() - 1).sequence(),
                batch.size(),
                rollouts,
                rollouts,
                0.5,
                0.5,
                0,
                1,
                Double.NaN,
                1,
                1,
                0,
                0,
                0,
                0,
                1,
                1e-3,
                0,
                staleness,
                staleness,
                0.01,
                0,
                0);
    }
}
