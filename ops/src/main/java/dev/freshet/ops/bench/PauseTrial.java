package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.actors.Run;
import dev.freshet.actors.RunControl.PauseMode;
import dev.freshet.actors.RunControl.StopMode;
import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
     * @param most chunks that ended after one command
     */
    record Findings(Latencies toLastToken, Chunks most) {
        /** @param allowed chunks that may end after a command: one is running when it is given */
        Result result(int allowed) {
            List<String> violations = new ArrayList<>();
            if (most.afterHalt() > 1) {
                violations.add("a generator that is told to halt must end at most 1 chunk, ended " + most.afterHalt());
            }
            if (most.afterCommand() > allowed) {
                violations.add("after a command to pause now at most " + allowed + " chunks may end, ended "
                        + most.afterCommand());
            }
            return toLastToken.result(
                    "pause_now_to_last_token",
                    Map.of(
                            "most_chunks_that_ended_after_the_command",
                            most.afterCommand(),
                            "most_chunks_that_ended_after_it_was_halted",
                            most.afterHalt(),
                            Result.VIOLATIONS,
                            violations));
        }
    }

    /**
     * Chunks that ended after a command.
     *
     * @param afterHalt and after the generator was first told of it
     */
    record Chunks(int afterCommand, int afterHalt) {
        private Chunks most(Chunks other) {
            return new Chunks(Math.max(afterCommand, other.afterCommand), Math.max(afterHalt, other.afterHalt));
        }
    }

    Findings take() throws Exception {
        Roles roles = Roles.of(config, Quickstart.task(config));
        Latencies toLastToken = new Latencies();
        Chunks[] most = {new Chunks(0, 0)};
        try (DiscardedRun files = DiscardedRun.begin("pause", config)) {
            StepWatch watch = new StepWatch(files.recorder());
            CompletableFuture<HaltSeen> opened = new CompletableFuture<>();
            roles.inOneRun(
                    files.checkpoints()::write,
                    watch,
                    run -> watched(run, opened).steer(Long.MAX_VALUE, steered -> {
                        CompletableFuture.anyOf(
                                        watch.reached(1), steered.completion().toCompletableFuture())
                                .join();
                        for (int pause = 0; pause < pauses; pause++) {
                            LockSupport.parkNanos(random.nextLong(between.toNanos()));
                            Chunks chunks = pause(steered, opened.join(), toLastToken);
                            most[0] = most[0].most(chunks);
                        }
                        steered.stop(StopMode.NOW).toCompletableFuture().join();
                    }));
        }
        return new Findings(toLastToken, most[0]);
    }

    /** The same run, whose generator is known when it is opened. */
    private static BenchmarkRun watched(BenchmarkRun run, CompletableFuture<HaltSeen> opened) {
        return new BenchmarkRun(
                run.config(),
                run.task(),
                () -> {
                    HaltSeen generator = new HaltSeen(run.generator().get());
                    opened.complete(generator);
                    return generator;
                },
                run.learner(),
                run.scorer(),
                run.checkpoints(),
                run.events());
    }

    /** Chunks that ended after the command. */
    private static Chunks pause(Run run, HaltSeen generator, Latencies toLastToken) {
        generator.forget();
        long tokens = generator.counts().generatedTokens();
        Chunks chunks = new Chunks(0, 0);
        long told = System.nanoTime();
        long last = told;
        CompletableFuture<?> paused = run.pause(PauseMode.NOW).toCompletableFuture();
        while (!paused.isDone() || System.nanoTime() - Math.max(last, told) < QUIET.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            long now = generator.counts().generatedTokens();
            if (now != tokens) {
                tokens = now;
                chunks = new Chunks(chunks.afterCommand() + 1, chunks.afterHalt() + (now > generator.atHalt() ? 1 : 0));
                last = System.nanoTime();
            }
        }
        toLastToken.add(Duration.ofNanos(last - told));
        run.resume().toCompletableFuture().join();
        return chunks;
    }

    /** A generator that remembers how many tokens it had sampled when it was told to halt. */
    private static final class HaltSeen implements RolloutGenerator {
        private final RolloutGenerator generator;
        private volatile long atHalt;

        private HaltSeen(RolloutGenerator generator) {
            this.generator = generator;
        }

        private void forget() {
            atHalt = Long.MAX_VALUE;
        }

        private long atHalt() {
            return atHalt;
        }

        @Override
        public void halt() {
            generator.halt();
            if (atHalt == Long.MAX_VALUE) {
                // Not before: a chunk that begins in between would not be told from the one that is running.
                atHalt = counts().generatedTokens();
            }
        }

        @Override
        public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
            return generator.generate(prompt);
        }

        @Override
        public PolicyVersion version() {
            return generator.version();
        }

        @Override
        public void resume() {
            generator.resume();
        }

        @Override
        public void abandon() {
            generator.abandon();
        }

        @Override
        public GenerationCounts counts() {
            return generator.counts();
        }

        @Override
        public void close() {
            generator.close();
        }
    }
}
