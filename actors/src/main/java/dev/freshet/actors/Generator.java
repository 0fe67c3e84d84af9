package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.freshet.model.generation.GenerationException;
import dev.freshet.model.generation.PromptTooLongException;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Drives one generation engine, which it opens and closes. Every group asked for, and not abandoned, is answered: with its rollouts, with the
 * refusal of its prompt, or, when the engine fails, with the reason. After a failure this actor throws, so that its supervisor
 * gives it a fresh engine; a restart loses the groups in progress, which {@link GeneratorPool} asks for elsewhere.
 */
public final class Generator extends AbstractBehavior<Generator.Command> {
    public sealed interface Command {}

    /** Asks for one group; {@code attempt} comes back in the answer. */
    public record Generate(long attempt, AdmittedPrompt prompt, ActorRef<Answer> replyTo) implements Command {}

    /** Sampling stops after the running chunk, and every unfinished rollout is kept. */
    public enum Halt implements Command {
        INSTANCE
    }

    public enum Resume implements Command {
        INSTANCE
    }

    /** Forgets every group in progress: nobody waits for them any more, and none is answered. */
    public enum Abandon implements Command {
        INSTANCE
    }

    private record Finished(long attempt, RolloutGroup group) implements Command {}

    private record Failed(long attempt, Throwable failure) implements Command {}

    public sealed interface Answer {
        long attempt();
    }

    public record Generated(long attempt, RolloutGroup group) implements Answer {}

    public record NotGenerated(long attempt, String why) implements Answer {}

    /** No generator can complete this prompt. */
    public record TooLong(long attempt, String why) implements Answer {}

    /**
     * Told to the owner whenever an engine has been opened, at the start and after every restart. It is halted until the owner
     * answers with {@link Resume}: the run may be paused.
     */
    public record Started(String generator) {}

    public static Behavior<Command> create(String name, Supplier<RolloutGenerator> engines, ActorRef<Started> owner) {
        return Behaviors.setup(context -> {
            RolloutGenerator engine = engines.get();
            engine.halt();
            owner.tell(new Started(name));
            return new Generator(name, engine, context);
        });
    }

    private final String name;
    private final RolloutGenerator engine;
    private final Map<Long, Generate> inProgress = new HashMap<>();

    private Generator(String name, RolloutGenerator engine, ActorContext<Command> context) {
        super(context);
        this.name = name;
        this.engine = engine;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Generate.class, this::onGenerate)
                .onMessage(Finished.class, this::onFinished)
                .onMessage(Failed.class, this::onFailed)
                .onMessageEquals(Halt.INSTANCE, this::onHalt)
                .onMessageEquals(Resume.INSTANCE, this::onResume)
                .onMessageEquals(Abandon.INSTANCE, this::onAbandon)
                .onSignal(PreRestart.class, signal -> closeEngine())
                .onSignal(PostStop.class, signal -> closeEngine())
                .build();
    }

    private Behavior<Command> onGenerate(Generate command) {
        inProgress.put(command.attempt(), command);
        getContext()
                .pipeToSelf(
                        generate(command.prompt()),
                        (group, failure) -> failure == null
                                ? new Finished(command.attempt(), group)
                                : new Failed(command.attempt(), Failures.rootCause(failure)));
        return this;
    }

    private CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
        try {
            return engine.generate(prompt);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onFinished(Finished command) {
        Generate request = inProgress.remove(command.attempt());
        if (request != null) {
            request.replyTo().tell(new Generated(command.attempt(), command.group()));
        }
        return this;
    }

    private Behavior<Command> onFailed(Failed command) {
        // What the engine before a restart had in hand fails when that engine closes: it has been answered already.
        Generate request = inProgress.get(command.attempt());
        if (request == null) {
            return this;
        }
        if (command.failure() instanceof PromptTooLongException) {
            inProgress.remove(command.attempt());
            request.replyTo().tell(new TooLong(command.attempt(), Failures.describe(command.failure())));
            return this;
        }
        String why = name + " failed: " + Failures.describe(command.failure());
        inProgress.values().forEach(lost -> lost.replyTo().tell(new NotGenerated(lost.attempt(), why)));
        throw new GenerationException(why, command.failure());
    }

    private Behavior<Command> onHalt() {
        engine.halt();
        return this;
    }

    private Behavior<Command> onResume() {
        engine.resume();
        return this;
    }

    private Behavior<Command> onAbandon() {
        inProgress.clear();
        engine.abandon();
        return this;
    }

    private Behavior<Command> closeEngine() {
        engine.close();
        return this;
    }
}
