package dev.freshet.ops.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import dev.freshet.model.objective.PolicyObjectives;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.GroupLedger;
import dev.freshet.streams.PipelineSettings;
import dev.freshet.streams.RolloutPipeline;
import dev.freshet.streams.RolloutRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Groups a second through all stages of the pipeline when no stage has anything to do, with the journal and all other files of a run
 * written: once through ports that answer at once, and once through the actors of a run.
 */
final class PlumbingBenchmark implements Benchmark {
    private static final int SAMPLED_ROLLOUTS = 2;

    /**
     * @param portGroups trained on through plain ports
     * @param actorGroups trained on through the actors of a run
     * @param overrides of the quickstart's settings
     * @param leastGroupsPerSecond bar of both
     * @param mostHeapSlope bar of both, in MB per million groups
     */
    record Settings(
            long portGroups,
            long actorGroups,
            List<String> overrides,
            double leastGroupsPerSecond,
            double mostHeapSlope) {
        static Settings full() {
            return new Settings(5_000_000, 5_000_000, List.of(), 20_000, 1);
        }
    }

    private final Settings settings;
    private final Config config;

    PlumbingBenchmark(Settings settings) {
        this.settings = settings;
        this.config = Quickstart.config(settings.overrides().toArray(new String[0]));
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        List<Result> results = new ArrayList<>();
        log.accept("through ports");
        results.addAll(recorded("ports", settings.portGroups(), this::throughPorts, log));
        log.accept("through actors");
        results.addAll(recorded("actors", settings.actorGroups(), this::throughActors, log));
        return results;
    }

    /** Returns when so many steps have been taken. */
    private interface Flow {
        void take(long steps, EventSink events);
    }

    private List<Result> recorded(String path, long groups, Flow flow, Consumer<String> log) throws IOException {
        PipelineSettings pipeline = PipelineSettings.from(config);
        long steps = (groups + pipeline.batchGroups() - 1) / pipeline.batchGroups();
        try (DiscardedRun run = DiscardedRun.begin("plumbing", config)) {
            FlowMeter meter = new FlowMeter(run.recorder(), steps * pipeline.batchGroups(), log);
            flow.take(steps, meter);
            run.requireAllWritten();
            return results(
                    meter,
                    Map.of(
                            "path",
                            path,
                            "groups",
                            steps * pipeline.batchGroups(),
                            "dropped",
                            meter.dropped(),
                            "batch_groups",
                            pipeline.batchGroups(),
                            "in_flight",
                            pipeline.inFlight()));
        }
    }

    private List<Result> results(FlowMeter meter, Map<String, Object> holdsFor) {
        Map<String, Object> withHeap = new LinkedHashMap<>(holdsFor);
        withHeap.put("heap_megabytes", meter.heap());
        return List.of(
                new Result("groups_per_second", meter.groupsPerSecond(), "groups/s", holdsFor)
                        .atLeast(settings.leastGroupsPerSecond()),
                new Result("events_per_second", meter.eventsPerSecond(), "events/s", holdsFor),
                new Result("heap_slope", meter.heapSlope(), "MB per million groups", withHeap)
                        .atMost(settings.mostHeapSlope()));
    }

    private void throughPorts(long steps, EventSink events) {
        Task task = Quickstart.task(config);
        int groupSize = Quickstart.groupSize(config);
        RolloutRun run = new RolloutRun(
                PipelineSettings.from(config),
                steps,
                task::trainingPrompt,
                new NoModelPorts(
                        new NoModel(groupSize), PolicyObjectives.from(config), groupSize, SAMPLED_ROLLOUTS, events),
                GroupLedger.begin(events),
                System::nanoTime);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "plumbing");
        try {
            RolloutPipeline.of(run)
                    .run(system)
                    .completion()
                    .toCompletableFuture()
                    .join();
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    private void throughActors(long steps, EventSink events) {
        NoModel model = new NoModel(Quickstart.groupSize(config));
        new BenchmarkRun(
                        config,
                        new RewardedTask(Quickstart.task(config), new AllRight()),
                        () -> new NoModelRoles.Generator(model),
                        new NoModelRoles.Learner(model),
                        Optional.of(() -> new NoModelRoles.Scorer(model)),
                        BenchmarkRun::discard,
                        events)
                .take(steps);
    }

    /** Looks at nothing. */
    private record AllRight() implements AnswerVerifier {
        @Override
        public String name() {
            return "all-right";
        }

        @Override
        public Verdict verify(Prompt prompt, Answer answer) {
            return new Verdict.Reward(1);
        }
    }
}
