package dev.freshet.actors;

import dev.freshet.model.generation.GenerationCounts;
import dev.freshet.model.generation.GenerationException;
import dev.freshet.model.generation.PromptTooLongException;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** An engine that a test makes finish, fail and halt. While not halted, it finishes at once what {@code atOnce} accepts. */
final class SteeredGenerator implements RolloutGenerator {
    private final Supplier<PolicyVersion> version;
    private final Predicate<AdmittedPrompt> atOnce;
    private final Map<Long, Held> held = new ConcurrentSkipListMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean halted;
    private volatile boolean resumed;
    private volatile boolean closed;

    private record Held(AdmittedPrompt prompt, CompletableFuture<RolloutGroup> result) {}

    SteeredGenerator(Supplier<PolicyVersion> version, Predicate<AdmittedPrompt> atOnce) {
        this.version = version;
        this.atOnce = atOnce;
    }

    /** Holds every group until it is told to finish or fail. */
    static SteeredGenerator holdsAll() {
        return new SteeredGenerator(() -> PolicyVersion.INITIAL, prompt -> false);
    }

    @Override
    public CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
        CompletableFuture<RolloutGroup> result = new CompletableFuture<>();
        asked.incrementAndGet();
        held.put(prompt.sequence(), new Held(prompt, result));
        if (!halted && atOnce.test(prompt)) {
            finish(prompt.sequence());
        }
        return result;
    }

    void finish(long sequence) {
        Held group = held.remove(sequence);
        if (group != null) {
            group.result().complete(Samples.group(group.prompt(), version.get()));
        }
    }

    void refuse(long sequence, String why) {
        Held group = held.remove(sequence);
        if (group != null) {
            group.result().completeExceptionally(new PromptTooLongException(why));
        }
    }

    /** As when a native call fails: all that the engine holds is lost. */
    void fail(String why) {
        fail(new GenerationException(why));
    }

    void fail(Throwable why) {
        held.values().forEach(group -> group.result().completeExceptionally(why));
        held.clear();
    }

    boolean holds(long sequence) {
        return held.containsKey(sequence);
    }

    int holding() {
        return held.size();
    }

    /** How often, for whatever group. */
    int asked() {
        return asked.get();
    }

    /** Its generator has been told at least once to go on, as it is after every opening. */
    boolean hasBeenResumed() {
        return resumed;
    }

    boolean isHalted() {
        return halted;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public PolicyVersion version() {
        return version.get();
    }

    @Override
    public void halt() {
        halted = true;
    }

    @Override
    public void resume() {
        halted = false;
        resumed = true;
        held.values().stream()
                .filter(group -> atOnce.test(group.prompt()))
                .forEach(group -> finish(group.prompt().sequence()));
    }

    @Override
    public void abandon() {
        fail("given up");
    }

    @Override
    public GenerationCounts counts() {
        return GenerationCounts.NONE;
    }

    @Override
    public void close() {
        closed = true;
        fail("closed");
    }
}
