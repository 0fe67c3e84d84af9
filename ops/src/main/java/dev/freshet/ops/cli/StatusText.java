package dev.freshet.ops.cli;

import dev.freshet.actors.RunStatus;
import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.DropReason;
import dev.freshet.streams.GroupCounts;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run's status as a person reads it: one line a subject. */
final class StatusText {
    private StatusText() {}

    static String of(RunStatus status) {
        String state =
                status.state().label() + (status.stateReason().isEmpty() ? "" : " (" + status.stateReason() + ")");
        String head = String.join(
                System.lineSeparator(),
                line("run", status.run()),
                line("state", state),
                line("version", version(status)),
                line("objective", status.objective()),
                line("divergence", status.divergence() + ", coefficient " + status.coefficient()),
                line("groups", groups(status.groups())),
                line("staleness", "bound " + status.stalenessBound() + " versions"));
        return status.lastStep()
                .map(step -> head + System.lineSeparator() + line("last step", lastStep(step)))
                .orElse(head);
    }

    private static String line(String subject, String text) {
        return String.format(Locale.ROOT, "%-11s %s", subject, text);
    }

    private static String version(RunStatus status) {
        String parent = status.parent()
                .map(version -> ", after a rollback to " + version)
                .orElse("");
        return status.version() + " of " + status.totalSteps() + " steps" + parent;
    }

    private static String groups(GroupCounts counts) {
        String dropped = Arrays.stream(DropReason.values())
                .filter(reason -> counts.dropped().getOrDefault(reason, 0L) > 0)
                .map(reason -> counts.dropped().get(reason) + " " + reason.label())
                .collect(Collectors.joining(", ", " (", ")"));
        long droppedInAll =
                counts.dropped().values().stream().mapToLong(Long::longValue).sum();
        return counts.admitted() + " admitted = " + counts.trained() + " trained + " + droppedInAll + " dropped"
                + (droppedInAll > 0 ? dropped : "") + " + " + counts.returned() + " returned + " + counts.inFlight()
                + " in flight";
    }

    private static String lastStep(StepReport step) {
        return Double.isNaN(step.meanReward()) && !step.measures().isEmpty() ? onDataset(step) : onRollouts(step);
    }

    private static String onRollouts(StepReport step) {
        return String.format(
                Locale.ROOT,
                "reward %.3f, accuracy %.3f, loss %.4f, %s %.4f, entropy %.3f, staleness %d at most, %.2f s",
                step.meanReward(),
                step.accuracy(),
                step.loss(),
                step.divergence(),
                step.divergenceValue(),
                step.entropy(),
                step.maxStaleness(),
                step.seconds());
    }

    private static String onDataset(StepReport step) {
        String measures = step.measures().entrySet().stream()
                .map(measure -> String.format(Locale.ROOT, "%s %.4f", measure.getKey(), measure.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "loss %.4f, entropy %.3f, %s, %.2f s",
                step.loss(),
                step.entropy(),
                measures,
                step.seconds());
    }
}
