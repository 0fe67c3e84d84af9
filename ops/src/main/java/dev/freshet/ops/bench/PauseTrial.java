package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.generation.RolloutGenerator;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon after the command to pause now the last token is sampled. A generator tells how many tokens it has sampled when a chunk
 * ends: what the count does after the command is what counts.
 *
 * @param pauses to measure
 * @param between longest time that the run goes on between two
 */
record PauseTrial(Config config, int pauses, Duration between, SplittableRandom random) {
    private static final long LOOK_AGAIN_NANOS = 50_000;
    private static final Duration QUIET = Duration.ofMillis(500);

    /**
     * @param toLastToken from the command to the end of the last chunk; 0 if no chunk ended after it
     * @param mostChunks that ended after one command
     */
    record Findings(Latencies toLastToken, int mostChunks) {}

    Findings take() throws Exception {
        Roles roles = Roles.of(config, Quickstart.task(config));
        Latencies toLastToken = new Latencies();
        int[] mostChunks = {0};
        try (DiscardedRun files = DiscardedRun.begin("pause", config)) {
            StepWatch watch = new StepWatch(files.recorder());
            CompletableFuture<RolloutGenerator> opened = new CompletableFuture<>();
            roles.inOneRun(
                    files.checkpoints()::write,
                    watch,
                    run -> watched(run, opened).steer(Long.MAX_VALUE, steered -> {
                        CompletableFuture.anyOf(
                                        watch.reached(1), steered.completion().toCompletableFuture())
                                .join();
                        for (int pause = 0; pause < pauses; pause++) {
                            LockSupport.parkNanos(random.nextLong(between.toNanos()));
                            int chunks = pause(steered, opened.join(), toLastToken);
                            mostChunks[0] = Math.max(mostChunks[0], chunks);
                        }
                        steered.stop(StopMode.NOW).toCompletableFuture().join();
                    }));
        }
        return new Findings(toLastToken, mostChunks[0]);
    }

    /** The same run, whose generator is known when it is opened. */
    private static BenchmarkRun watched(BenchmarkRun run, CompletableFuture<RolloutGenerator> opened) {
        return new BenchmarkRun(
                run.config(),
                run.task(),
                () -> {
                    RolloutGenerator generator = run.generator().get();
                    opened.complete(generator);
                    return generator;
                },
                run.learner(),
                run.scorer(),
                run.checkpoints(),
                run.events());
    }

    /** Chunks that ended after the command. */
    private static int pause(Run run, RolloutGenerator generator, Latencies toLastToken) {
        long tokens = generator.counts().generatedTokens();
        int chunks = 0;
        long told = System.nanoTime();
        long last = told;
        CompletableFuture<?> paused = run.pause(PauseMode.NOW).toCompletableFuture();
        while (!paused.isDone() || System.nanoTime() - Math.max(last, told) < QUIET.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            long now = generator.counts().generatedTokens();
            if (now != tokens) {
                tokens = now;
                chunks++;
                last = System.nanoTime();
            }
        }
        toLastToken.add(Duration.ofNanos(last - told));
        run.resume().toCompletableFuture().join();
        return chunks;
    }
}
