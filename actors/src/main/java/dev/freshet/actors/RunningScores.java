package dev.freshet.actors;

import dev.freshet.model.checkpoint.TrainingState;
import java.util.Map;

/**
 * The scores of a policy as its next checkpoint will tell them: the mean reward of the steps since the newest copy, or, without
 * any, what that copy had.
 */
record RunningScores(double rewards, long steps, Map<String, Double> before) {
    RunningScores {
        before = Map.copyOf(before);
    }

    static RunningScores from(TrainingState state) {
        return new RunningScores(0, 0, state.scores());
    }

    /** @param meanReward NaN of a step that learnt from what has no reward */
    RunningScores after(double meanReward) {
        if (Double.isNaN(meanReward)) {
            return this;
        }
        return new RunningScores(rewards + meanReward, steps + 1, before);
    }

    RunningScores afterCopy() {
        return new RunningScores(0, 0, now());
    }

    Map<String, Double> now() {
        return steps == 0 ? before : Map.of(TrainingState.MEAN_REWARD, rewards / steps);
    }
}
