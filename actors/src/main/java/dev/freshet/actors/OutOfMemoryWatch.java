package dev.freshet.actors;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.engine.OutOfMemory;
import java.util.function.Supplier;

/**
 * Reports want of memory in an actor, which the actor system would only end itself for: an {@link OutOfMemoryError}, as for a
 * direct buffer or a thread that cannot be had, and a failure that a native one has caused.
 */
final class OutOfMemoryWatch<C> extends BehaviorInterceptor<C, C> {
    private OutOfMemoryWatch(Class<C> messages) {
        super(messages);
    }

    static <C> Behavior<C> around(Class<C> messages, Behavior<C> behavior) {
        return Behaviors.intercept(() -> new OutOfMemoryWatch<>(messages), behavior);
    }

    @Override
    public Behavior<C> aroundStart(TypedActorContext<C> context, PreStartTarget<C> target) {
        return watched(() -> target.start(context));
    }

    @Override
    public Behavior<C> aroundReceive(TypedActorContext<C> context, C message, ReceiveTarget<C> target) {
        return watched(() -> target.apply(context, message));
    }

    @Override
    public Behavior<C> aroundSignal(TypedActorContext<C> context, Signal signal, SignalTarget<C> target) {
        return watched(() -> target.apply(context, signal));
    }

    private static <C> Behavior<C> watched(Supplier<Behavior<C>> work) {
        try {
            return work.get();
        } catch (RuntimeException | OutOfMemoryError failure) {
            OutOfMemory.report(failure);
            throw failure;
        }
    }
}
