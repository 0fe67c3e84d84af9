package dev.freshet.ops.bench;

import dev.freshet.model.checkpoint.CheckpointRetention;
import dev.freshet.model.checkpoint.CheckpointStore;
import dev.freshet.model.checkpoint.NewestCheckpoint;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.bench.JournalAudit.Findings;
import dev.freshet.ops.bench.KilledRun.Kill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An uninterrupted run, and such as are killed until there were kills enough.
 *
 * @param mode for people, and for the names of directories
 * @param settings of all runs
 * @param steps that these settings say
 * @param equal whether all runs have to end bit for bit where the uninterrupted one ends; the others are steered until they die
 * @param root directory of the runs' directories
 */
record RecoveryTrial(
        String mode,
        List<String> settings,
        int steps,
        boolean equal,
        Path root,
        Duration deadline,
        SplittableRandom random,
        Consumer<String> log) {
    private static final List<String> TENSORS = List.of("model.safetensors", "optimizer.safetensors");

    /**
     * One run, to its end or to where it broke a rule.
     *
     * @param violations each names the run
     * @param findings of its journal, if the run has ended
     * @param switches of the divergence that it answered
     */
    record Outcome(
            List<Kill> kills, List<String> violations, Optional<Findings> findings, Duration whole, long switches) {
        Outcome {
            kills = List.copyOf(kills);
            violations = List.copyOf(violations);
        }
    }

    /**
     * The uninterrupted run's outcome, which has no kills, and the others'.
     *
     * @param perRun kills of one run at most
     */
    List<Outcome> take(int kills, int perRun) throws IOException, InterruptedException {
        KilledRun reference = run("uninterrupted");
        Duration whole = reference.finish();
        log.accept(String.format(Locale.ROOT, "  %s, uninterrupted: %.1f s", mode, whole.toNanos() / 1e9));
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(ended(reference, Optional.empty(), List.of(), whole));
        int left = kills;
        while (left > 0) {
            Outcome outcome = killed(run("killed-" + outcomes.size()), reference, Math.min(left, perRun), whole);
            outcome.violations().forEach(violation -> log.accept("  VIOLATED " + violation));
            // A run that breaks down without having been killed is not repeated for ever.
            left -= Math.max(outcome.kills().size(), outcome.violations().isEmpty() ? 0 : 1);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private KilledRun run(String name) {
        Optional<SplittableRandom> switches = equal ? Optional.empty() : Optional.of(random.split());
        return new KilledRun(mode + "-" + name, root.resolve(mode + "-" + name), settings, deadline, switches);
    }

    private Outcome killed(KilledRun run, KilledRun reference, int most, Duration whole)
            throws IOException, InterruptedException {
        List<Kill> kills = new ArrayList<>();
        try {
            boolean ended = false;
            boolean hasNothingToLose = false;
            while (!ended && !hasNothingToLose && kills.size() < most) {
                Optional<Kill> kill = run.killAt(KillMoment.draw(random, whole));
                kill.ifPresent(hit -> {
                    kills.add(hit);
                    log.accept(hit.toString());
                });
                ended = kill.isEmpty();
                // All that is left of such a run is its end: others have more to lose.
                hasNothingToLose =
                        kill.filter(hit -> hit.phase() == KillPhase.ENDING).isPresent();
            }
            if (!ended) {
                run.finish();
            }
        } catch (IOException broken) {
            return new Outcome(kills, List.of(run.name() + ": " + broken.getMessage()), Optional.empty(), whole, 0);
        }
        return ended(run, equal ? Optional.of(reference) : Optional.empty(), kills, whole);
    }

    /** Looks at what a run has left. */
    private Outcome ended(KilledRun run, Optional<KilledRun> equalTo, List<Kill> kills, Duration whole)
            throws IOException {
        List<AuditedLine> journal = AuditedLine.of(run.files().events());
        Findings findings = JournalAudit.of(journal);
        List<String> violations = new ArrayList<>(findings.violations());
        if (!equal) { // The others are not steered, and their learning rates are scheduled.
            violations.addAll(SteeringAudit.of(journal).violations());
            violations.addAll(SteeringAudit.missing(run.answered(), journal));
        }
        if (!findings.finished() || findings.version() != steps) {
            violations.add("the journal must end with version " + steps + " and the run's end, ended with version "
                    + findings.version());
        }
        violations.addAll(checkpoint(run));
        if (equalTo.isPresent()) {
            violations.addAll(differences(run, equalTo.get()));
        }
        return new Outcome(
                kills,
                violations.stream()
                        .map(violation -> run.name() + ": " + violation)
                        .toList(),
                Optional.of(findings),
                whole,
                run.answered().size());
    }

    private List<String> checkpoint(KilledRun run) {
        NewestCheckpoint newest = store(run).newestGood();
        long version = newest.checkpoint()
                .map(checkpoint -> checkpoint.state().version().number())
                .orElse(-1L);
        return version == steps && newest.refused().isEmpty()
                ? List.of()
                : List.of("the newest whole checkpoint must be of version " + steps + ", was of " + version
                        + "; damaged: " + newest.refused());
    }

    private List<String> differences(KilledRun run, KilledRun other) throws IOException {
        List<String> differences = new ArrayList<>();
        for (String file : TENSORS) {
            long at = Files.mismatch(last(run).resolve(file), last(other).resolve(file));
            if (at >= 0) {
                differences.add(
                        file + " of version " + steps + " differs from the uninterrupted run's from byte " + at);
            }
        }
        return differences;
    }

    private Path last(KilledRun run) {
        return store(run).directory(new PolicyVersion(steps));
    }

    private static CheckpointStore store(KilledRun run) {
        return new CheckpointStore(run.files().checkpoints(), new CheckpointRetention(1, 0));
    }
}
