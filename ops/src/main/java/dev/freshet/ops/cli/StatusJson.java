package dev.freshet.ops.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;

/** A run's status as a script reads it: one line; the names are a contract. What is not a number is {@code null}. */
final class StatusJson {
    private StatusJson() {}

    static String of(RunStatus status) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("run", status.run());
        json.put("state", status.state().label());
        json.put("state_reason", status.stateReason());
        json.put("policy_version", status.version().number());
        json.put("total_steps", status.totalSteps());
        status.parent()
                .ifPresentOrElse(
                        parent -> json.put("parent_version", parent.number()), () -> json.putNull("parent_version"));
        json.put("objective", status.objective());
        json.put("divergence", status.divergence());
        putNumber(json, "divergence_coefficient", status.coefficient());
        json.put("staleness_bound", status.stalenessBound());
        putGroups(json.putObject("groups"), status.groups());
        status.lastStep()
                .ifPresentOrElse(step -> putStep(json.putObject("last_step"), step), () -> json.putNull("last_step"));
        return json.toString();
    }

    private static void putGroups(ObjectNode json, GroupCounts counts) {
        json.put("admitted", counts.admitted());
        json.put("trained", counts.trained());
        ObjectNode dropped = json.putObject("dropped");
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason.label(), counts.dropped().getOrDefault(reason, 0L));
        }
        json.put("returned", counts.returned());
        json.put("in_flight", counts.inFlight());
    }

    private static void putStep(ObjectNode json, StepReport step) {
        json.put("policy_version", step.version().number());
        json.put("objective", step.objective());
        json.put("divergence", step.divergence());
        putNumber(json, "divergence_coefficient", step.coefficient());
        json.put("first_sequence", step.firstSequence());
        json.put("last_sequence", step.lastSequence());
        json.put("groups", step.groups());
        json.put("rollouts", step.rollouts());
        json.put("trained_tokens", step.trainedTokens());
        putNumber(json, "mean_reward", step.meanReward());
        putNumber(json, "accuracy", step.accuracy());
        putNumber(json, "loss", step.loss());
        putNumber(json, "entropy", step.entropy());
        putNumber(json, "divergence_value", step.divergenceValue());
        putNumber(json, "mean_ratio", step.meanRatio());
        putNumber(json, "effective_sample_size", step.effectiveSampleSize());
        putNumber(json, "clipped_low", step.clippedLow());
        putNumber(json, "clipped_high", step.clippedHigh());
        putNumber(json, "clamped_log_ratios", step.clampedLogRatios());
        putNumber(json, "capped_weights", step.cappedWeights());
        putNumber(json, "gradient_norm", step.gradientNorm());
        putNumber(json, "learning_rate", step.learningRate());
        json.put("skipped_mini_batches", step.skippedMiniBatches());
        json.put("max_staleness", step.maxStaleness());
        putNumber(json, "mean_staleness", step.meanStaleness());
        putNumber(json, "seconds", step.seconds());
        json.put("rehearsal_sequences", step.rehearsalSequences());
        json.put("rehearsal_tokens", step.rehearsalTokens());
        ObjectNode measures = json.putObject("measures");
        step.measures().forEach((name, value) -> putNumber(measures, name, value));
    }

    private static void putNumber(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
