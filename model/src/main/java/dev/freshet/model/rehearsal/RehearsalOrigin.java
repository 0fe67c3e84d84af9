package dev.freshet.model.rehearsal;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where a rehearsal set comes from: what has to agree with a run that uses it, and what a person would like to know.
 *
 * @param task label of the task whose prompts they are
 * @param model what the policy's decoder is, as checkpoints describe it
 * @param policy SHA-256 of the policy's weights: {@link WeightsDigest}
 * @param samples completions of each prompt
 * @param masteredFrom right ones from which on a prompt counts as mastered
 * @param unscored prompts left out because their completions could not be scored
 * @param temperature at which was sampled and scored
 */
public record RehearsalOrigin(
        String task,
        Map<String, String> model,
        String policy,
        int samples,
        int masteredFrom,
        int unscored,
        double temperature) {
    public RehearsalOrigin {
        model = Map.copyOf(model);
    }

    /**
     * @param otherTask the label of a run's task
     * @param otherModel what the run's decoder is
     * @throws IllegalArgumentException if a run of those cannot use the set
     */
    void requireFits(String otherTask, Map<String, String> otherModel) {
        if (!task.equals(otherTask)) {
            throw new IllegalArgumentException("a rehearsal set must be of the run's task " + otherTask + ", was of "
                    + task + " (freshet.rehearsal.from, freshet.task.name): prepare one for it with freshet rehearsal");
        }
        if (!model.equals(otherModel)) {
            throw new IllegalArgumentException("a rehearsal set must be of the run's model " + new TreeMap<>(otherModel)
                    + ", was of " + new TreeMap<>(model)
                    + " (freshet.rehearsal.from, freshet.model): prepare one for it with freshet rehearsal");
        }
    }

    /**
     * @param otherPolicy digest of the weights that a run begins from
     * @throws IllegalArgumentException if they are not those that the set was sampled from
     */
    void requireOf(String otherPolicy) {
        if (!policy.equals(otherPolicy)) {
            throw new IllegalArgumentException(
                    "a rehearsal set must be of the policy that the run begins from, whose weights"
                            + " have SHA-256 " + otherPolicy + ", was of " + policy
                            + " (freshet.rehearsal.from, freshet.warm-up.from): name that policy's checkpoint, or prepare a set for"
                            + " this one with freshet rehearsal");
        }
    }
}
