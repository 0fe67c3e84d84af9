package dev.freshet.ops.training;

import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.PromptTooLongException;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.text.TextTokenizer;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.ops.control.PolicySample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Completes prompts for callers, beside training: by an engine of its own, which is opened for the first of them, takes up the
 * newest version between two orders, and is closed when nobody has asked for a while. One order at a time.
 */
final class PolicySampler implements AutoCloseable {
    /** Apart from the draws of training and of evaluation. */
    private static final long SEED_MASK = 0x73616d706c657273L;

    private static final long CLOSE_SECONDS = 30;

    private final RunConfiguration configuration;
    private final SamplingBounds bounds;
    private final WeightRegistry registry;
    private final DoubleSupplier temperature;
    private final ScheduledExecutorService orders = Executors.newSingleThreadScheduledExecutor(PolicySampler::thread);

    private final PendingAnswers<PolicySample> pending = new PendingAnswers<>();

    /** Touched by the thread of orders, and by {@link #close} when that has ended. */
    private @Nullable DecoderGenerator engine;

    private @Nullable ScheduledFuture<?> closing;
    private long sampled;

    /** @param temperature in force */
    PolicySampler(RunConfiguration configuration, WeightRegistry registry, DoubleSupplier temperature) {
        this.configuration = configuration;
        this.bounds = configuration.sample();
        this.registry = registry;
        this.temperature = temperature;
    }

    /** @throws RefusedException if the order is not what it may be */
    CompletableFuture<PolicySample> sample(PolicySample.Order order) {
        Prompt prompt = prompt(order);
        double heat = heat(order.temperature());
        CompletableFuture<PolicySample> answer = pending.open();
        try {
            orders.execute(() -> answer(answer, prompt, order.completions(), heat));
        } catch (RejectedExecutionException closed) {
            throw PolicyAccess.ended();
        }
        return answer;
    }

    /** Unless its caller has left meanwhile. */
    private void answer(CompletableFuture<PolicySample> answer, Prompt prompt, long completions, double heat) {
        if (answer.isDone()) {
            return;
        }
        try {
            answer.complete(sample(prompt, completions, heat));
        } catch (InterruptedException closing) {
            answer.completeExceptionally(PolicyAccess.ended());
        } catch (Exception | Error failure) {
            answer.completeExceptionally(failure);
        }
    }

    /** Gives up what is being sampled, and what waits for that. */
    @Override
    public void close() {
        orders.shutdownNow();
        try {
            if (!orders.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("sampling for a caller did not end within " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            pending.refuse(PolicyAccess.ended());
        }
        closeEngine();
    }

    private Prompt prompt(PolicySample.Order order) {
        if (order.completions() < 1 || order.completions() > bounds.maxCompletions()) {
            throw refused("n must be 1 to " + bounds.maxCompletions() + ", was " + order.completions()
                    + " (freshet.sample.max-completions)");
        }
        try {
            Prompt prompt =
                    new Prompt(order.prompt(), configuration.task().tokenizer().encode(order.prompt()), "");
            configuration
                    .generation()
                    .sampling()
                    .requireRoom(prompt, configuration.decoder().maxLength());
            return prompt;
        } catch (PromptTooLongException tooLong) {
            throw refused(String.valueOf(tooLong.getMessage()));
        } catch (IllegalArgumentException noPrompt) {
            throw refused("the prompt must be text that the policy has tokens for: " + noPrompt.getMessage());
        }
    }

    /** 0 is another word for the lowest. */
    private double heat(OptionalDouble wanted) {
        double value = wanted.orElseGet(temperature);
        if (value == 0) {
            return AdmittedPrompt.LOWEST_TEMPERATURE;
        }
        if (!AdmittedPrompt.isTemperature(value)) {
            throw refused("temperature must be 0, for the most likely token, or at least "
                    + AdmittedPrompt.LOWEST_TEMPERATURE + ", and finite, was " + value
                    + ": leave it out for the one in force");
        }
        return value;
    }

    private PolicySample sample(Prompt prompt, long completions, double heat) throws Exception {
        if (closing != null) {
            closing.cancel(false);
        }
        try {
            List<AdmittedPrompt> admitted = LongStream.range(sampled, sampled + completions)
                    .mapToObj(number -> new AdmittedPrompt(number, prompt, heat))
                    .toList();
            sampled += completions;
            return toSample(openEngine().generateTogether(admitted));
        } finally {
            closeEngineWhenIdle();
        }
    }

    private PolicySample toSample(List<CompletionStage<RolloutGroup>> groups) throws Exception {
        List<Rollout> rollouts = new ArrayList<>();
        for (RolloutGroup group : inTime(groups)) {
            rollouts.addAll(group.rollouts());
        }
        PolicyVersion version = new PolicyVersion(rollouts.get(0).versions().get(0));
        return new PolicySample(version, rollouts.stream().map(this::completion).toList());
    }

    /** Nobody waits any more after the deadline of calls. The engine is given up together with what it hangs on. */
    private List<RolloutGroup> inTime(List<CompletionStage<RolloutGroup>> groups) throws Exception {
        Duration deadline = configuration.control().callTimeout();
        long end = System.nanoTime() + deadline.toNanos();
        List<RolloutGroup> sampled = new ArrayList<>();
        try {
            for (CompletionStage<RolloutGroup> group : groups) {
                sampled.add(group.toCompletableFuture().get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
            }
            return sampled;
        } catch (TimeoutException late) {
            closeEngine();
            throw new TimeoutException(
                    "sampling must end within " + deadline.toMillis()
                            + " ms, did not, and was given up: ask for fewer completions, or raise freshet.control.call-timeout");
        }
    }

    private PolicySample.Completion completion(Rollout rollout) {
        TextTokenizer tokenizer = configuration.task().tokenizer();
        return new PolicySample.Completion(
                tokenizer.decode(rollout.completion()),
                rollout.finishReason(),
                rollout.sampled().sum(),
                rollout.completion().size());
    }

    private DecoderGenerator openEngine() {
        if (engine == null) {
            engine = DecoderGenerator.start(
                    "sampler",
                    configuration.decoder(),
                    sampling(configuration.generation(), bounds.maxCompletions()),
                    configuration.task().tokenizer().stopTokens(),
                    configuration.seed() ^ SEED_MASK,
                    registry);
        }
        return engine;
    }

    private void closeEngineWhenIdle() {
        if (!orders.isShutdown()) {
            closing = orders.schedule(this::closeEngine, bounds.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void closeEngine() {
        DecoderGenerator open = engine;
        engine = null;
        if (open != null) {
            open.close();
        }
    }

    private static GenerationSettings sampling(GenerationSettings training, int maxCompletions) {
        return new GenerationSettings(
                1,
                1,
                maxCompletions,
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.WHEN_IDLE,
                training.sampling());
    }

    private static RefusedException refused(String why) {
        return new RefusedException(Kind.INVALID_ARGUMENT, why);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sample-orders");
        thread.setDaemon(true);
        return thread;
    }
}
