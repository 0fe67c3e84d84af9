package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.ops.run.EventFanOut;
import dev.freshet.streams.PipelineEvent.CheckpointWritten;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What checkpoints cost: runs of the quickstart's size, in pairs, with those that are due at the default interval and without any.
 * A checkpoint holds up training for its copy only; its disk and its checksums take CPU time beside it.
 */
record CheckpointBenchmark(Settings settings) implements Benchmark {
    /**
     * The policy stays as it is, so that steps are as long at the end as at the start.
     *
     * @param common overrides of the quickstart's settings in every run
     * @param without further ones of the runs without checkpoints
     * @param warmUpSteps of each run, before the clock starts
     * @param steps of each run that are timed
     * @param mostCost share of wall time that checkpoints may cost
     */
    record Settings(
            List<String> common, List<String> without, int warmUpSteps, int steps, Rounds rounds, double mostCost) {
        static final List<String> NONE_DUE = List.of("freshet.checkpoint.interval=0", "freshet.checkpoint.every=off");

        /** Two checkpoints are due in each run with them. */
        static Settings full() {
            return new Settings(
                    List.of("freshet.train.learning-rate=1e-9", "freshet.train.learning-rate-schedule=constant"),
                    NONE_DUE,
                    4,
                    40,
                    new Rounds(1, 3),
                    0.02);
        }

        private Config config(List<String> overrides) {
            return Quickstart.config(
                    Stream.concat(common.stream(), overrides.stream()).toArray(String[]::new));
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Roles with = roles(settings.config(List.of()));
        Roles without = roles(settings.config(settings.without()));
        List<Timed> timed = new ArrayList<>();
        List<Series> series = settings.rounds()
                .take(
                        log,
                        new Trial("with", "rollouts/s", () -> add(timed, run(with))),
                        new Trial("without", "rollouts/s", () -> run(without).rolloutsPerSecond()));
        List<Timed> measured = timed.subList(settings.rounds().warmUps(), timed.size());
        Map<String, Object> holdsFor = Map.of(
                "interval", with.config().getInt("freshet.checkpoint.interval"),
                "steps", settings.steps(),
                "checkpoints", measured.get(0).due().size());
        Series faster = series.get(1);
        return List.of(
                // The learner waits for a copy; and one thread writes, which can take at most its own time from the
                // others.
                Series.of(measured, run -> run.copyShare() + run.writeShare())
                        .result("checkpoint_cost", "of wall time, at most", holdsFor)
                        .atMost(settings.mostCost()),
                faster.minus(series.get(0)).over(faster).result("checkpoint_slowdown", "of rollouts/s", holdsFor),
                Series.of(measured, Timed::copyShare).result("checkpoint_copy_share", "of wall time", holdsFor),
                Series.of(measured, Timed::writeShare).result("checkpoint_write_share", "of wall time", holdsFor),
                Series.of(due(measured), CheckpointWritten::copySeconds).result("checkpoint_copy", "s", Map.of()),
                Series.of(due(measured), CheckpointWritten::writeSeconds).result("checkpoint_write", "s", Map.of()),
                Series.of(due(measured), CheckpointWritten::bytes).result("checkpoint_size", "bytes", Map.of()));
    }

    private static double add(List<Timed> timed, Timed run) {
        timed.add(run);
        return run.rolloutsPerSecond();
    }

    private static List<CheckpointWritten> due(List<Timed> runs) {
        return runs.stream().flatMap(run -> run.due().stream()).toList();
    }

    private static Roles roles(Config config) {
        return Roles.of(config, new RewardedTask(Quickstart.task(config), new VariedRewards(Duration.ZERO)));
    }

    /** One run, whose files are written as {@code train} writes them. */
    private Timed run(Roles roles) throws Exception {
        StepClock clock = new StepClock(settings.warmUpSteps());
        List<CheckpointWritten> written = new ArrayList<>();
        int steps = settings.warmUpSteps() + settings.steps();
        try (DiscardedRun discarded = DiscardedRun.begin("checkpoint", roles.config())) {
            EventFanOut events = new EventFanOut(List.of(discarded.recorder(), clock, event -> {
                if (event instanceof CheckpointWritten checkpoint) {
                    written.add(checkpoint);
                }
            }));
            roles.inOneRun(discarded.checkpoints()::write, events, run -> run.take(steps));
            discarded.requireAllWritten();
        }
        // The first and the last are ordered, before the clock starts and after it has stopped.
        List<CheckpointWritten> due = written.stream()
                .filter(checkpoint -> checkpoint.version().number() > 0
                        && checkpoint.version().number() < steps)
                .toList();
        return new Timed(clock.rolloutsPerSecond(), clock.seconds(), due);
    }

    /** @param due checkpoints that were written while the clock ran */
    private record Timed(double rolloutsPerSecond, double seconds, List<CheckpointWritten> due) {
        double copyShare() {
            return due.stream().mapToDouble(CheckpointWritten::copySeconds).sum() / seconds;
        }

        double writeShare() {
            return due.stream().mapToDouble(CheckpointWritten::writeSeconds).sum() / seconds;
        }
    }
}
