package dev.freshet.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether a run's journal says of everything what became of it, over all attempts: the lines follow each other without gap or
 * repetition, attempts too, no step was staler than its bound, and every group ended once or is named as taken back.
 */
final class JournalAudit {
    private final List<String> violations = new ArrayList<>();
    private final GroupAudit groups;
    private long lastSequence = -1;
    private int attempt;
    private boolean finished;
    private String place = "";

    private JournalAudit() {
        groups = new GroupAudit(this::object);
    }

    /**
     * What a journal came to.
     *
     * @param violations each with its place in the journal; none if all is as it should be
     * @param attempts starts of the run
     * @param version of the newest step, those undone by a death not counted
     * @param finished whether the last attempt told its end
     * @param maxStaleness of all steps of all attempts
     * @param stalenessBound of the last attempt
     * @param takenBack groups that were in flight when a checkpoint that was resumed from was written
     * @param trainedAgain groups of steps that a death undid, and that were taken back with them
     */
    record Findings(
            List<String> violations,
            int attempts,
            long version,
            boolean finished,
            long maxStaleness,
            long stalenessBound,
            long takenBack,
            long trainedAgain) {
        Findings {
            violations = List.copyOf(violations);
        }
    }

    /** @param lines of the whole journal, nothing rotated away */
    static Findings of(List<AuditedLine> lines) {
        JournalAudit audit = new JournalAudit();
        lines.forEach(audit::add);
        return new Findings(
                audit.violations,
                audit.attempt,
                audit.groups.version(),
                audit.finished,
                audit.groups.maxStaleness(),
                audit.groups.bound(),
                audit.groups.takenBack(),
                audit.groups.trainedAgain());
    }

    private void add(AuditedLine line) {
        place = line.place();
        checkSequence(line);
        checkAttempt(line);
        Consumer<AuditedLine> check = switch (line.type()) {
            case "RunStarted" -> groups::onRunStarted;
            case "GroupsTakenBack" -> groups::onTakenBack;
            case "StepTrained" -> groups::onStepTrained;
            case "GroupDropped" -> groups::onDropped;
            case "GroupsReturned" -> groups::onReturned;
            case "RolledBack" -> groups::onRolledBack;
            case "RunFinished" -> this::onRunFinished;
            default -> other -> {};
        };
        check.accept(line);
    }

    /** The first number is the journal's to choose; from then on there is no choice. */
    private void checkSequence(AuditedLine line) {
        long sequence = line.sequence();
        if (sequence < 0) {
            object("a line that is no event");
            return;
        }
        long before = lastSequence;
        lastSequence = sequence;
        if (before >= 0 && sequence != before + 1) {
            object("event " + sequence + " follows event " + before);
        }
    }

    private void checkAttempt(AuditedLine line) {
        if (line.attempt() == attempt || line.sequence() < 0) {
            return;
        }
        boolean isNext = line.attempt() == attempt + 1;
        if (!isNext || !line.type().equals("JournalOpened")) {
            object("attempt " + line.attempt() + " follows attempt " + attempt + " with a " + line.type());
        }
        attempt = line.attempt();
        finished = false;
    }

    private void onRunFinished(AuditedLine line) {
        finished = true;
        groups.onRunFinished(line);
    }

    private void object(String what) {
        violations.add(place + " (event " + lastSequence + "): " + what);
    }
}
