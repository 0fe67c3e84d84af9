package dev.freshet.actors;

import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.ScoredGroup;
import dev.freshet.model.text.TextTokenizer;
import dev.freshet.streams.PipelineEvent.RolloutsSampled;
import dev.freshet.streams.SampledRollout;
import java.util.ArrayList;
import java.util.List;

/** Picks a few rollouts of a step for people to read: the first of each group, from groups spread over the batch. */
record RolloutSamples(TextTokenizer tokenizer) {
    /** @param count that is wanted; a small batch has fewer */
    RolloutsSampled of(List<ScoredGroup> batch, PolicyVersion version, int count) {
        int wanted = Math.min(count, batch.size());
        List<SampledRollout> samples = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            samples.add(sample(batch.get(i * batch.size() / wanted)));
        }
        return new RolloutsSampled(version, samples);
    }

    private SampledRollout sample(ScoredGroup group) {
        Rollout rollout = group.group().rollouts().get(0);
        return new SampledRollout(
                group.sequence(),
                group.group().prompt().text(),
                GroupVerification.answer(tokenizer, rollout).text(),
                group.verified().rewards().get(0),
                rollout.versions().oldest().number(),
                rollout.versions().newest().number());
    }
}
