package dev.freshet.ops.bench;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.rollout.TokenVersions;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Groups of equally long rollouts of random tokens, as if a policy without preferences had sampled them at version 0. */
final class SyntheticBatch {
    private static final long SEED = 1;

    private SyntheticBatch() {}

    /** Prompts have one token; the first rollout of each group is rewarded, and the reference has no preferences either. */
    static List<ScoredGroup> of(int groups, int groupSize, int length, int vocabulary) {
        SplittableRandom random = new SplittableRandom(SEED);
        LogProbs even = even(length, vocabulary);
        return Prompts.ofOneToken(groups).stream()
                .map(prompt -> group(prompt, groupSize, even, vocabulary, random))
                .toList();
    }

    private static ScoredGroup group(
            AdmittedPrompt prompt, int groupSize, LogProbs even, int vocabulary, SplittableRandom random) {
        List<Rollout> rollouts = IntStream.range(0, groupSize)
                .mapToObj(i -> rollout(even, vocabulary, random))
                .toList();
        List<Double> rewards =
                IntStream.range(0, groupSize).mapToObj(i -> i == 0 ? 1.0 : 0.0).toList();
        VerifiedGroup verified = new VerifiedGroup(new RolloutGroup(prompt, rollouts), rewards);
        return new ScoredGroup(
                verified, IntStream.range(0, groupSize).mapToObj(i -> even).toList());
    }

    private static Rollout rollout(LogProbs even, int vocabulary, SplittableRandom random) {
        int length = even.size();
        return new Rollout(
                Tokens.of(random.ints(length, 0, vocabulary).toArray()),
                FinishReason.LENGTH,
                even,
                even,
                TokenVersions.of(new long[length]));
    }

    private static LogProbs even(int length, int vocabulary) {
        float[] logProbs = new float[length];
        Arrays.fill(logProbs, (float) -Math.log(vocabulary));
        return LogProbs.of(logProbs);
    }
}
