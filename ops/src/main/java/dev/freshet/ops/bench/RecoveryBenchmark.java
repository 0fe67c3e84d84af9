package dev.freshet.ops.bench;

import dev.freshet.ops.bench.JournalAudit.Findings;
import dev.freshet.ops.bench.KilledRun.Kill;
import dev.freshet.ops.bench.RecoveryTrial.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Whether anything is lost when the process dies. Small runs are killed with SIGKILL at moments drawn from a seed, also while they
 * write a checkpoint, and resumed each time until they end. Deterministic ones have to end bit for bit where an uninterrupted one
 * ends, weights and optimizer; of all, the journal has to account for every group, and no step may be staler than its bound. The others are switched from one
 * divergence to another until they die: each step, of every attempt, has to have what the run had answered was in force.
 *
 * <p>Several kills fall on one run, since what is resumed has to be resumable, too. The directories of runs that broke a rule
 * are left where they are.
 */
record RecoveryBenchmark(Settings settings) implements Benchmark {
    /**
     * @param deterministicKills of deterministic runs, at least 0
     * @param asynchronousKills of asynchronous runs, at least 0
     * @param killsPerRun at most, at least 1
     * @param steps of each run
     * @param overrides of the quickstart's settings
     * @param deadline of every wait for a process
     */
    record Settings(
            int deterministicKills,
            int asynchronousKills,
            int killsPerRun,
            int steps,
            long seed,
            List<String> overrides,
            Duration deadline) {
        private static final List<String> SMALL = SmallRuns.with(
                "freshet.warm-up.steps=60",
                // Drops groups, so that there are such to account for.
                "freshet.rlvr.equal-rewards=refill",
                "freshet.checkpoint.interval=3",
                // Rotates after about thirty steps.
                "freshet.run.journal.file-size=64 KiB");

        Settings {
            overrides = List.copyOf(overrides);
            if (deterministicKills < 0 || asynchronousKills < 0 || killsPerRun < 1) {
                throw new IllegalArgumentException("kills must be at least 0, and at least 1 a run, were "
                        + deterministicKills + " and " + asynchronousKills + ", " + killsPerRun + " a run");
            }
        }

        static Settings full() {
            return of(50, 20, 30);
        }

        static Settings of(int deterministicKills, int asynchronousKills, int steps) {
            return new Settings(deterministicKills, asynchronousKills, 5, steps, 1, SMALL, Duration.ofMinutes(3));
        }

        private List<String> with(String... more) {
            return Stream.of(overrides.stream(), Stream.of("freshet.train.steps=" + steps), Stream.of(more))
                    .flatMap(each -> each)
                    .toList();
        }
    }

    /** A quarter of all are aimed at one; what is written in a few milliseconds is often missed. */
    private static final int KILLS_FOR_ONE_IN_A_CHECKPOINT = 20;

    /** Fewer may all fall before the first checkpoint, until which nothing can be switched. */
    private static final int KILLS_FOR_A_SWITCH = 5;

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Path root = Files.createTempDirectory("freshet-recovery");
        SplittableRandom random = new SplittableRandom(settings.seed());
        RecoveryTrial deterministic = new RecoveryTrial(
                "deterministic",
                settings.with("freshet.deterministic=true"),
                settings.steps(),
                true,
                root,
                settings.deadline(),
                random,
                log);
        RecoveryTrial asynchronous = new RecoveryTrial(
                "asynchronous",
                settings.with(
                        "freshet.max-staleness=2",
                        // So that each step tells whether it had what it was told to have.
                        "freshet.train.learning-rate-schedule=constant",
                        "freshet.train.learning-rate-warm-up-steps=0"),
                settings.steps(),
                false,
                root,
                settings.deadline(),
                random,
                log);
        List<Result> results = new ArrayList<>(measure(deterministic, settings.deterministicKills()));
        results.addAll(measure(asynchronous, settings.asynchronousKills()));
        if (results.stream().allMatch(result -> result.violations().isEmpty())) {
            DiscardedRun.delete(root);
        } else {
            log.accept("the runs are left in " + root);
        }
        return results;
    }

    private List<Result> measure(RecoveryTrial trial, int kills) throws IOException, InterruptedException {
        if (kills == 0) {
            return List.of();
        }
        long start = System.nanoTime();
        List<Outcome> outcomes = trial.take(kills, settings.killsPerRun());
        double seconds = (System.nanoTime() - start) / 1e9;
        Duration whole = outcomes.get(0).whole();
        return List.of(
                survived(trial.mode(), !trial.equal(), kills, outcomes, seconds),
                new Result("uninterrupted_run", whole.toNanos() / 1e9, "s", Map.of("mode", trial.mode())));
    }

    /** A kill is survived when its run ended as it should, and so each of the others that fell on it. */
    static Result survived(String mode, boolean steered, int kills, List<Outcome> outcomes, double seconds) {
        List<Kill> all =
                outcomes.stream().flatMap(outcome -> outcome.kills().stream()).toList();
        List<Findings> findings = outcomes.stream()
                .flatMap(outcome -> outcome.findings().stream())
                .toList();
        long survived = outcomes.stream()
                .filter(outcome -> outcome.violations().isEmpty())
                .mapToLong(outcome -> outcome.kills().size())
                .sum();
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("mode", mode);
        extra.put("runs", outcomes.size() - 1);
        extra.put("seconds", seconds);
        extra.put("kills_by_phase", byPhase(all));
        extra.put(
                "divergence_switches",
                outcomes.stream().mapToLong(Outcome::switches).sum());
        extra.put("starts", findings.stream().mapToLong(Findings::attempts).sum());
        extra.put(
                "groups_taken_back",
                findings.stream().mapToLong(Findings::takenBack).sum());
        extra.put(
                "groups_trained_again",
                findings.stream().mapToLong(Findings::trainedAgain).sum());
        extra.put(
                "max_staleness",
                findings.stream().mapToLong(Findings::maxStaleness).max().orElse(0));
        extra.put(
                "staleness_bound",
                findings.stream().mapToLong(Findings::stalenessBound).max().orElse(0));
        List<String> violations = new ArrayList<>(outcomes.stream()
                .flatMap(outcome -> outcome.violations().stream())
                .toList());
        violations.addAll(whatWasNotTried(mode, kills, all));
        if (steered && kills >= KILLS_FOR_A_SWITCH && outcomes.stream().allMatch(outcome -> outcome.switches() == 0)) {
            violations.add(mode + ": of " + kills + " kills' runs at least one must answer a switch, none did");
        }
        extra.put(Result.VIOLATIONS, violations);
        extra.put("kills", all.stream().map(Kill::toMap).toList());
        return new Result("kills_survived", survived, "of " + kills + " kills", extra);
    }

    /** Of many kills some have to fall while a checkpoint is written, or nothing has been shown of those. */
    private static List<String> whatWasNotTried(String mode, int kills, List<Kill> all) {
        int wanted = kills / KILLS_FOR_ONE_IN_A_CHECKPOINT;
        long inACheckpoint = all.stream()
                .filter(kill -> kill.phase() == KillPhase.CHECKPOINT)
                .count();
        return inACheckpoint >= wanted
                ? List.of()
                : List.of(mode + ": of " + kills + " kills at least " + wanted
                        + " must fall while a checkpoint is written, fell " + inACheckpoint);
    }

    private static Map<String, Long> byPhase(List<Kill> kills) {
        Map<String, Long> phases = new LinkedHashMap<>();
        for (KillPhase phase : KillPhase.values()) {
            phases.put(
                    phase.label(),
                    kills.stream().filter(kill -> kill.phase() == phase).count());
        }
        return phases;
    }
}
