package dev.freshet.model.generation;

import dev.freshet.model.engine.EngineThread;
import dev.freshet.model.engine.OutOfMemory;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.weights.WeightSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A generator over the decoder: one {@link EngineThread} that turns again and again, one chunk a turn, while there is work. */
public final class DecoderGenerator implements RolloutGenerator {
    private final DecoderConfig config;
    private final GenerationSettings settings;
    private final EngineThread thread;
    private final DecodeEngine engine;
    private final Consumer<WeightSwap> swaps;

    /** Confined to the thread. */
    private final Queue<GroupInProgress> waiting = new ArrayDeque<>();

    private boolean turnQueued;

    private volatile boolean halted;
    private volatile boolean closed;
    private volatile PolicyVersion version;
    private volatile GenerationCounts counts = GenerationCounts.NONE;

    private DecoderGenerator(
            DecoderConfig config,
            GenerationSettings settings,
            EngineThread thread,
            DecodeEngine engine,
            Consumer<WeightSwap> swaps) {
        this.config = config;
        this.settings = settings;
        this.thread = thread;
        this.engine = engine;
        this.swaps = swaps;
        this.version = engine.version();
    }

    /** As the other {@code start}, and tells nobody of newer versions. */
    public static DecoderGenerator start(
            String name,
            DecoderConfig config,
            GenerationSettings settings,
            Set<Integer> stopTokens,
            long seed,
            WeightSource source) {
        return start(name, config, settings, stopTokens, seed, source, swap -> {});
    }

    /**
     * Starts a generator on the newest version.
     *
     * @param name of its thread
     * @param seed keys all random draws, together with a rollout's number and a token's position
     * @param swaps told, on the generator's thread, of each newer version taken up; must be quick and not throw
     */
    public static DecoderGenerator start(
            String name,
            DecoderConfig config,
            GenerationSettings settings,
            Set<Integer> stopTokens,
            long seed,
            WeightSource source,
            Consumer<WeightSwap> swaps) {
        EngineThread thread = EngineThread.start(name, settings.threads());
        try {
            DecodeEngine engine = thread.submit(() -> DecodeEngine.open(config, settings, stopTokens, seed, source))
                    .join();
            return new DecoderGenerator(config, settings, thread, engine, swaps);
        } catch (RuntimeException e) {
            thread.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
        return generateTogether(List.of(prompt)).get(0);
    }

    /**
     * As {@link #generate}, of groups that are admitted at one time, as far as there are slots: with
     * {@link OnNewVersion#WHEN_IDLE} one version samples them all.
     */
    public List<CompletionStage<RolloutGroup>> generateTogether(List<AdmittedPrompt> prompts) {
        List<CompletionStage<RolloutGroup>> promised = new ArrayList<>();
        List<GroupInProgress> groups = new ArrayList<>();
        for (AdmittedPrompt prompt : prompts) {
            CompletableFuture<RolloutGroup> promise = new CompletableFuture<>();
            promised.add(promise);
            try {
                settings.sampling().requireRoom(prompt.prompt(), config.maxLength());
                groups.add(new GroupInProgress(prompt, settings.groupSize(), promise));
            } catch (PromptTooLongException e) {
                promise.completeExceptionally(e);
            }
        }
        try {
            thread.execute(() -> enqueue(groups));
        } catch (IllegalStateException e) {
            groups.forEach(group -> group.fail(new GenerationException("the generator is closed", e)));
        }
        return promised;
    }

    @Override
    public PolicyVersion version() {
        return version;
    }

    @Override
    public void halt() {
        halted = true;
    }

    @Override
    public void resume() {
        halted = false;
        thread.execute(this::queueTurn);
    }

    @Override
    public void abandon() {
        thread.execute(() -> giveUpAll(new GenerationException("the group was given up")));
    }

    @Override
    public GenerationCounts counts() {
        return counts;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        thread.execute(() -> {
            giveUpAll(new GenerationException("the generator is closed"));
            engine.close();
        });
        thread.close();
    }

    private void enqueue(List<GroupInProgress> groups) {
        if (closed) {
            groups.forEach(group -> group.fail(new GenerationException("the generator is closed")));
            return;
        }
        waiting.addAll(groups);
        queueTurn();
    }

    private void queueTurn() {
        if (!turnQueued && !closed) {
            turnQueued = true;
            thread.execute(this::turn);
        }
    }

    private void turn() {
        turnQueued = false;
        if (halted || closed) {
            return;
        }
        try {
            Optional<WeightSwap> swap = engine.swapIfNewer();
            version = engine.version();
            swap.ifPresent(swaps);
            admitWaiting();
            if (!engine.isIdle()) {
                engine.decodeChunk();
            }
            counts = engine.counts();
        } catch (Throwable e) {
            OutOfMemory.report(e);
            // Errors as well, such as want of memory for a direct buffer: else a group is awaited for ever.
            giveUpAll(new GenerationException("a native call of the generator failed: " + e.getMessage(), e));
        }
        if (!engine.isIdle() || !waiting.isEmpty()) {
            queueTurn();
        }
    }

    private void admitWaiting() {
        int room = engine.freeSlots() / settings.groupSize();
        List<GroupInProgress> admitted = waiting.stream().limit(room).toList();
        if (!admitted.isEmpty()) {
            engine.admit(admitted);
            // Not before: a failure of admit gives up what waits and what has rows.
            admitted.forEach(group -> waiting.remove());
        }
    }

    private void giveUpAll(GenerationException failure) {
        engine.abandon().forEach(group -> group.fail(failure));
        waiting.forEach(group -> group.fail(failure));
        waiting.clear();
    }
}
