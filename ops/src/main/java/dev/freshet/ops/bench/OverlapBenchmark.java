package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.task.Task;
import dev.freshet.streams.PipelineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What asynchrony brings, in whole runs of actors: how much of the slower role's throughput is left when both work at once, and how
 * much faster than in turn the roles are when answers take long to verify.
 */
record OverlapBenchmark(Settings settings) implements Benchmark {
    /**
     * All run with divergence {@code none} and a learning rate at which the policy stays as it is, so that completions are as long at
     * the end as at the start. Rewards are a hash of the answer.
     *
     * @param common overrides of the quickstart's settings in every run
     * @param together further ones of each run that is compared with the roles alone
     * @param asynchronous further ones where the verifier waits and the roles overlap, one core each
     * @param synchronous further ones where it waits and the roles take turns, both cores in each phase
     * @param verifierWait time that the verifier takes for a group
     * @param warmUpSteps of each run, before the clock starts
     * @param steps of each run that are timed
     * @param waitingSteps the same where the verifier waits
     * @param leastOverlap bar of what is left of the slower role's throughput, where there is no reference scorer
     * @param leastSpeedUp bar of what asynchrony brings where the verifier waits
     */
    record Settings(
            List<String> common,
            List<List<String>> together,
            List<String> asynchronous,
            List<String> synchronous,
            Duration verifierWait,
            int warmUpSteps,
            int steps,
            int waitingSteps,
            Rounds rounds,
            double leastOverlap,
            double leastSpeedUp) {
        private static final List<String> STATIONARY = List.of(
                "freshet.divergence=none",
                "freshet.reference=off",
                "freshet.train.learning-rate=1e-9",
                "freshet.train.learning-rate-schedule=constant",
                "freshet.checkpoint.interval=0");

        /** As many groups can be with the verifier as it takes to keep the learner busy: two batches each half second. */
        static Settings full() {
            List<String> verify =
                    List.of("freshet.pipeline.verify-parallelism=256", "freshet.actors.verify-threads=256");
            return new Settings(
                    STATIONARY,
                    List.of(
                            List.of("freshet.max-staleness=2"),
                            List.of("freshet.max-staleness=1"),
                            List.of("freshet.max-staleness=2", "freshet.reference=initial")),
                    with(
                            verify,
                            "freshet.max-staleness=4",
                            "freshet.pipeline.generate-parallelism=128",
                            "freshet.pipeline.score-parallelism=16",
                            "freshet.generation.threads=1",
                            "freshet.train.threads=1"),
                    with(verify, "freshet.max-staleness=0", "freshet.generation.threads=2", "freshet.train.threads=2"),
                    Duration.ofMillis(500),
                    4,
                    20,
                    12,
                    new Rounds(1, 5),
                    0.9,
                    1.6);
        }

        private static List<String> with(List<String> some, String... more) {
            return Stream.concat(some.stream(), Stream.of(more)).toList();
        }

        private Config config(List<String> overrides) {
            return Quickstart.config(
                    Stream.concat(common.stream(), overrides.stream()).toArray(String[]::new));
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        List<Result> results = new ArrayList<>();
        log.accept("both roles at once");
        results.addAll(bothAtOnce(log));
        log.accept("a verifier that takes " + settings.verifierWait() + " for a group");
        results.addAll(verifierThatWaits(log));
        return results;
    }

    private List<Result> bothAtOnce(Consumer<String> log) throws Exception {
        int warmUp = settings.warmUpSteps();
        int steps = settings.steps();
        RoleAlone alone = RoleAlone.prepare(roles(List.of(), Duration.ZERO));
        List<Roles> together = settings.together().stream()
                .map(overrides -> roles(overrides, Duration.ZERO))
                .toList();
        List<Trial> trials = new ArrayList<>();
        trials.add(new Trial("learner", "rollouts/s", () -> alone.learn(warmUp, steps)));
        trials.add(new Trial("generator", "rollouts/s", () -> alone.generate(warmUp, steps)));
        for (Roles roles : together) {
            trials.add(new Trial("both", "rollouts/s", () -> run(roles, steps)));
        }
        List<Series> series = settings.rounds().take(log, trials.toArray(new Trial[0]));
        Series slower = series.get(0).least(series.get(1));
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < together.size(); i++) {
            Series both = series.get(2 + i);
            Map<String, Object> holdsFor = holdsFor(together.get(i));
            Result ratio = both.over(slower).result("overlap_ratio", "of the slower role alone", holdsFor);
            // The scorer is a third role, on the same cores.
            results.add(together.get(i).hasReference() ? ratio : ratio.atLeast(settings.leastOverlap()));
            results.add(both.result("both", "rollouts/s", holdsFor));
        }
        results.add(series.get(0).result("learner_alone", "rollouts/s", Map.of()));
        results.add(series.get(1).result("generator_alone", "rollouts/s", Map.of()));
        return results;
    }

    private List<Result> verifierThatWaits(Consumer<String> log) throws Exception {
        Roles asynchronous = roles(settings.asynchronous(), settings.verifierWait());
        Roles synchronous = roles(settings.synchronous(), settings.verifierWait());
        int steps = settings.waitingSteps();
        List<Series> series = settings.rounds()
                .take(
                        log,
                        new Trial("asynchronous", "rollouts/s", () -> run(asynchronous, steps)),
                        new Trial("synchronous", "rollouts/s", () -> run(synchronous, steps)));
        return List.of(
                series.get(0)
                        .over(series.get(1))
                        .result("asynchronous_speed_up", "times synchronous", holdsFor(asynchronous))
                        .atLeast(settings.leastSpeedUp()),
                series.get(0).result("asynchronous", "rollouts/s", holdsFor(asynchronous)),
                series.get(1).result("synchronous", "rollouts/s", holdsFor(synchronous)));
    }

    private Roles roles(List<String> overrides, Duration verifierWait) {
        Config config = settings.config(overrides);
        Task task = new RewardedTask(
                Quickstart.task(config), new VariedRewards(verifierWait.dividedBy(Quickstart.groupSize(config))));
        return Roles.of(config, task);
    }

    private double run(Roles roles, int steps) throws InterruptedException {
        StepClock clock = new StepClock(settings.warmUpSteps());
        roles.inOneRun(BenchmarkRun::discard, clock, run -> run.take(settings.warmUpSteps() + steps));
        return clock.rolloutsPerSecond();
    }

    private static Map<String, Object> holdsFor(Roles roles) {
        PipelineSettings pipeline = PipelineSettings.from(roles.config());
        return Map.of(
                "batch_groups", pipeline.batchGroups(),
                "group_size", Quickstart.groupSize(roles.config()),
                "generate_parallelism", pipeline.generateParallelism(),
                "verify_parallelism", pipeline.verifyParallelism(),
                "in_flight", pipeline.inFlight(),
                "max_staleness", pipeline.maxStaleness(),
                "reference_scorer", roles.hasReference(),
                "generator_threads", roles.config().getInt("freshet.generation.threads"),
                "learner_threads", roles.config().getInt("freshet.train.threads"));
    }
}
