package dev.freshet.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.generation.GenerationException;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.RolloutGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Drives one generation engine, which it opens and closes. Every group asked for is answered: with its rollouts, or, when
 * the engine fails, with the reason. After a failure this actor throws, so that its supervisor gives it a fresh engine; a
 * restart loses the groups in progress, which {@link GeneratorPool} asks for elsewhere.
 */
public final class Generator {
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

    private record Finished(long attempt, RolloutGroup group) implements Command {}

    private record Failed(long attempt, Throwable failure) implements Command {}

    public sealed interface Answer {
        long attempt();
    }

    public record Generated(long attempt, RolloutGroup group) implements Answer {}

    public record NotGenerated(long attempt, String why) implements Answer {}

    /** Told to the owner whenever an engine has been opened, at the start and after every restart. */
    public record Started(String generator) {}

    public static Behavior<Command> create(String name, Supplier<RolloutGenerator> engines, ActorRef<Started> owner) {
        return Behaviors.setup(context -> {
            RolloutGenerator engine = engines.get();
            owner.tell(new Started(name));
            return new Generator(name, engine, context).generating(Map.of());
        });
    }

    private final String name;
    private final RolloutGenerator engine;
    private final ActorContext<Command> context;

    private Generator(String name, RolloutGenerator engine, ActorContext<Command> context) {
        this.name = name;
        this.engine = engine;
        this.context = context;
    }

    private Behavior<Command> generating(Map<Long, Generate> inProgress) {
        return Behaviors.receive(Command.class)
                .onMessage(Generate.class, command -> onGenerate(inProgress, command))
                .onMessage(Finished.class, command -> onFinished(inProgress, command))
                .onMessage(Failed.class, command -> onFailed(inProgress, command))
                .onMessageEquals(Halt.INSTANCE, this::onHalt)
                .onMessageEquals(Resume.INSTANCE, this::onResume)
                .onSignal(PreRestart.class, signal -> closeEngine())
                .onSignal(PostStop.class, signal -> closeEngine())
                .build();
    }

    private Behavior<Command> onGenerate(Map<Long, Generate> inProgress, Generate command) {
        context.pipeToSelf(
                generate(command.prompt()),
                (group, failure) -> failure == null
                        ? new Finished(command.attempt(), group)
                        : new Failed(command.attempt(), Failures.rootCause(failure)));
        Map<Long, Generate> more = new HashMap<>(inProgress);
        more.put(command.attempt(), command);
        return generating(Map.copyOf(more));
    }

    private CompletionStage<RolloutGroup> generate(AdmittedPrompt prompt) {
        try {
            return engine.generate(prompt);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onFinished(Map<Long, Generate> inProgress, Finished command) {
        Generate request = inProgress.get(command.attempt());
        if (request == null) {
            return Behaviors.same();
        }
        request.replyTo().tell(new Generated(command.attempt(), command.group()));
        Map<Long, Generate> rest = new HashMap<>(inProgress);
        rest.remove(command.attempt());
        return generating(Map.copyOf(rest));
    }

    private Behavior<Command> onFailed(Map<Long, Generate> inProgress, Failed command) {
        // What the engine before a restart had in hand fails when that engine closes: it has been answered already.
        if (!inProgress.containsKey(command.attempt())) {
            return Behaviors.same();
        }
        String why = name + " failed: " + Failures.describe(command.failure());
        inProgress.values().forEach(request -> request.replyTo().tell(new NotGenerated(request.attempt(), why)));
        throw new GenerationException(why, command.failure());
    }

    private Behavior<Command> onHalt() {
        engine.halt();
        return Behaviors.same();
    }

    private Behavior<Command> onResume() {
        engine.resume();
        return Behaviors.same();
    }

    private Behavior<Command> closeEngine() {
        engine.close();
        return Behaviors.same();
    }
}
