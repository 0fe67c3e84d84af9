package dev.freshet.ops.control;

import dev.freshet.actors.RunState;
import dev.freshet.actors.RunStatus;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The run's records as messages, and back; each pair of methods stands together, and changes together. */
final class RunMessages {
    private static final String STATE_PREFIX = "RUN_STATE_";

    private RunMessages() {}

    static dev.freshet.proto.v1.RunStatus toMessage(RunStatus status) {
        dev.freshet.proto.v1.RunStatus.Builder message = dev.freshet.proto.v1.RunStatus.newBuilder()
                .setRun(status.run())
                .setState(toMessage(status.state()))
                .setStateReason(status.stateReason())
                .setPolicyVersion(status.version().number())
                .setTotalSteps(status.totalSteps())
                .setObjective(status.objective())
                .setDivergence(status.divergence())
                .setDivergenceCoefficient(status.coefficient())
                .setStalenessBound(status.stalenessBound())
                .setGroups(toMessage(status.groups()));
        status.lastStep().ifPresent(step -> message.setLastStep(toMessage(step)));
        status.parent().ifPresent(parent -> message.setParentVersion(parent.number()));
        return message.build();
    }

    static RunStatus fromMessage(dev.freshet.proto.v1.RunStatus message) {
        return new RunStatus(
                message.getRun(),
                fromMessage(message.getState()),
                message.getStateReason(),
                new PolicyVersion(message.getPolicyVersion()),
                message.getTotalSteps(),
                message.getObjective(),
                message.getDivergence(),
                message.getDivergenceCoefficient(),
                message.getStalenessBound(),
                fromMessage(message.getGroups()),
                message.hasLastStep() ? Optional.of(fromMessage(message.getLastStep())) : Optional.empty(),
                message.hasParentVersion()
                        ? Optional.of(new PolicyVersion(message.getParentVersion()))
                        : Optional.empty());
    }

    private static dev.freshet.proto.v1.RunState toMessage(RunState state) {
        return dev.freshet.proto.v1.RunState.valueOf(STATE_PREFIX + state.name());
    }

    private static RunState fromMessage(dev.freshet.proto.v1.RunState state) {
        return RunState.valueOf(state.name().substring(STATE_PREFIX.length()));
    }

    private static dev.freshet.proto.v1.GroupCounts toMessage(GroupCounts counts) {
        dev.freshet.proto.v1.GroupCounts.Builder message = dev.freshet.proto.v1.GroupCounts.newBuilder()
                .setAdmitted(counts.admitted())
                .setTrained(counts.trained())
                .setReturned(counts.returned())
                .setInFlight(counts.inFlight());
        counts.dropped().forEach((reason, groups) -> message.putDropped(reason.label(), groups));
        return message.build();
    }

    private static GroupCounts fromMessage(dev.freshet.proto.v1.GroupCounts message) {
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, message.getDroppedOrDefault(reason.label(), 0));
        }
        return new GroupCounts(
                message.getAdmitted(), message.getTrained(), dropped, message.getReturned(), message.getInFlight());
    }

    private static dev.freshet.proto.v1.StepReport toMessage(StepReport step) {
        return dev.freshet.proto.v1.StepReport.newBuilder()
                .setPolicyVersion(step.version().number())
                .setObjective(step.objective())
                .setDivergence(step.divergence())
                .setDivergenceCoefficient(step.coefficient())
                .setFirstSequence(step.firstSequence())
                .setLastSequence(step.lastSequence())
                .setGroups(step.groups())
                .setRollouts(step.rollouts())
                .setTrainedTokens(step.trainedTokens())
                .setMeanReward(step.meanReward())
                .setAccuracy(step.accuracy())
                .setLoss(step.loss())
                .setEntropy(step.entropy())
                .setDivergenceValue(step.divergenceValue())
                .setMeanRatio(step.meanRatio())
                .setEffectiveSampleSize(step.effectiveSampleSize())
                .setClippedLow(step.clippedLow())
                .setClippedHigh(step.clippedHigh())
                .setClampedLogRatios(step.clampedLogRatios())
                .setCappedWeights(step.cappedWeights())
                .setGradientNorm(step.gradientNorm())
                .setLearningRate(step.learningRate())
                .setSkippedMiniBatches(step.skippedMiniBatches())
                .setMaxStaleness(step.maxStaleness())
                .setMeanStaleness(step.meanStaleness())
                .setSeconds(step.seconds())
                .setRehearsalSequences(step.rehearsalSequences())
                .setRehearsalTokens(step.rehearsalTokens())
                .putAllMeasures(step.measures())
                .build();
    }

    private static StepReport fromMessage(dev.freshet.proto.v1.StepReport message) {
        return new StepReport(
                new PolicyVersion(message.getPolicyVersion()),
                message.getObjective(),
                message.getDivergence(),
                message.getDivergenceCoefficient(),
                message.getFirstSequence(),
                message.getLastSequence(),
                message.getGroups(),
                message.getRollouts(),
                message.getTrainedTokens(),
                message.getMeanReward(),
                message.getAccuracy(),
                message.getLoss(),
                message.getEntropy(),
                message.getDivergenceValue(),
                message.getMeanRatio(),
                message.getEffectiveSampleSize(),
                message.getClippedLow(),
                message.getClippedHigh(),
                message.getClampedLogRatios(),
                message.getCappedWeights(),
                message.getGradientNorm(),
                message.getLearningRate(),
                message.getSkippedMiniBatches(),
                message.getMaxStaleness(),
                message.getMeanStaleness(),
                message.getSeconds(),
                message.getRehearsalSequences(),
                message.getRehearsalTokens(),
                new TreeMap<>(message.getMeasuresMap()));
    }
}
