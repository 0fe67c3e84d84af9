package dev.freshet.model.learning;

import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * Of each completion token of a group, what its policy pi said ({@link Rollout#behaviour}) beside a reference p, and beside the
 * distribution that it was sampled from.
 *
 * @param logRatio ln pi - ln p; (tokens,), read-only
 * @param correction pi / sampled; (tokens,), read-only
 */
record TokenRatios(FloatBuffer logRatio, FloatBuffer correction) {
    static TokenRatios of(RolloutGroup group, List<LogProbs> reference) {
        FloatBuffer logRatio = FloatBuffer.allocate(group.completionTokens());
        FloatBuffer correction = FloatBuffer.allocate(group.completionTokens());
        for (int i = 0; i < reference.size(); i++) {
            Rollout rollout = group.rollouts().get(i);
            for (int place = 0; place < rollout.completion().size(); place++) {
                float policy = rollout.behaviour().get(place);
                logRatio.put(policy - reference.get(i).get(place));
                correction.put((float) Math.exp(policy - rollout.sampled().get(place)));
            }
        }
        return new TokenRatios(
                logRatio.flip().asReadOnlyBuffer(), correction.flip().asReadOnlyBuffer());
    }

    int tokens() {
        return logRatio.remaining();
    }

    /** One behind the other. */
    static float[] joined(List<TokenRatios> groups, Function<TokenRatios, FloatBuffer> part) {
        FloatBuffer joined = FloatBuffer.allocate(
                groups.stream().mapToInt(TokenRatios::tokens).sum());
        groups.forEach(group -> joined.put(part.apply(group).duplicate()));
        return joined.array();
    }
}
