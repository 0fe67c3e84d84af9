package dev.freshet.model.checkpoint;

import dev.freshet.model.rollout.PolicyVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run stands between two steps, beside its weights: what it takes to go on, and what it takes to load the policy alone.
 *
 * @param version the policy's version
 * @param optimizerSteps optimizer updates applied so far, warm-up not counted
 * @param cursor admission number of the first group that is neither trained on nor dropped: a resumed run admits from here
 * @param seed of the run
 * @param objective name of the objective in force, for example {@code grpo}
 * @param divergence spec of the divergence in force, for example {@code js} or {@code none}
 * @param divergenceCoefficient factor of the divergence term in the loss
 * @param parameters the settings in force that commands may change
 * @param groups where the admitted groups are or ended: {@code admitted}, {@code trained}, {@code returned}, {@code in_flight}
 *     and {@code dropped.REASON}; they add up
 * @param gemmFlavour the learner's matrix multiplication, which decides the last bits of a result
 * @param settingsDigest of the settings that must not differ in a resumed run
 * @param model what the decoder and tokenizer are, in the words of whoever builds them
 * @param provenance who wrote this: versions, commit, task
 * @param rollbacks that these weights stand on, oldest first
 * @param scores of the policy, by which the best checkpoints are told: {@link #MEAN_REWARD} and {@link #PASS_AT_1}, as far as known
 */
public record TrainingState(
        PolicyVersion version,
        long optimizerSteps,
        long cursor,
        long seed,
        String objective,
        String divergence,
        double divergenceCoefficient,
        SavedParameters parameters,
        Map<String, Long> groups,
        String gemmFlavour,
        String settingsDigest,
        Map<String, String> model,
        Map<String, String> provenance,
        List<Rollback> rollbacks,
        Map<String, Double> scores) {
    /** Of the training rollouts, over the steps since the checkpoint before. */
    public static final String MEAN_REWARD = "mean_reward";

    /** On held-out prompts, measured since the checkpoint before. */
    public static final String PASS_AT_1 = "pass_at_1";

    /** Before any group was admitted. */
    public static final Map<String, Long> NO_GROUPS =
            Map.of("admitted", 0L, "trained", 0L, "returned", 0L, "in_flight", 0L);

    private static final String DROPPED = "dropped.";

    public TrainingState {
        groups = Map.copyOf(groups);
        model = Map.copyOf(model);
        provenance = Map.copyOf(provenance);
        rollbacks = List.copyOf(rollbacks);
        scores = Map.copyOf(scores);
        requireAtLeastZero("optimizer steps", optimizerSteps);
        requireAtLeastZero("cursor", cursor);
        if (!Double.isFinite(divergenceCoefficient)) {
            throw new IllegalArgumentException("divergence coefficient must be finite, was " + divergenceCoefficient);
        }
        checkGroups(groups);
        checkRollbacks(version, rollbacks);
        if (!scores.values().stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("scores must be finite, were " + scores);
        }
    }

    /**
     * The steps that the weights have behind them, and so the position in the learning rate's schedule: the version, less the
     * versions that rollbacks went back.
     */
    public long step() {
        long back = rollbacks.stream()
                .mapToLong(rollback -> rollback.version().minus(rollback.parent()))
                .sum();
        return version.number() - back;
    }

    /** The version that the newest rollback went back to; empty without one. */
    public Optional<PolicyVersion> parent() {
        return rollbacks.isEmpty()
                ? Optional.empty()
                : Optional.of(rollbacks.get(rollbacks.size() - 1).parent());
    }

    /** The same with one score more, or with another value of it. */
    public TrainingState withScore(String name, double value) {
        Map<String, Double> more = new HashMap<>(scores);
        more.put(name, value);
        return new TrainingState(
                version,
                optimizerSteps,
                cursor,
                seed,
                objective,
                divergence,
                divergenceCoefficient,
                parameters,
                groups,
                gemmFlavour,
                settingsDigest,
                model,
                provenance,
                rollbacks,
                more);
    }

    private static void requireAtLeastZero(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, was " + value);
        }
    }

    private static void checkRollbacks(PolicyVersion version, List<Rollback> rollbacks) {
        PolicyVersion last = PolicyVersion.INITIAL;
        for (Rollback rollback : rollbacks) {
            if (rollback.version().compareTo(last) <= 0 || rollback.version().compareTo(version) > 0) {
                throw new IllegalArgumentException(
                        "versions of rollbacks must rise, up to " + version.number() + " at most, were " + rollbacks);
            }
            last = rollback.version();
        }
    }

    private static void checkGroups(Map<String, Long> groups) {
        if (!groups.keySet().containsAll(NO_GROUPS.keySet())) {
            throw new IllegalArgumentException(
                    "group counts must have admitted, trained, returned and in_flight, were " + groups.keySet());
        }
        long accounted = 0;
        for (Map.Entry<String, Long> entry : groups.entrySet()) {
            String key = entry.getKey();
            if (!NO_GROUPS.containsKey(key) && !key.startsWith(DROPPED)) {
                throw new IllegalArgumentException("group counts must not have the key " + key);
            }
            requireAtLeastZero("group count " + key, entry.getValue());
            if (!key.equals("admitted")) {
                accounted += entry.getValue();
            }
        }
        if (accounted != groups.getOrDefault("admitted", 0L)) {
            throw new IllegalArgumentException("group counts must add up to admitted, were " + groups);
        }
    }
}
