package dev.freshet.actors;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lets a test wait until an actor is done with a message, its timers set and all. */
final class Processed<T> extends BehaviorInterceptor<T, T> {
    private final BlockingQueue<String> names = new LinkedBlockingQueue<>();

    Processed(Class<T> protocol) {
        super(protocol);
    }

    @Override
    public Behavior<T> aroundReceive(TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
        Behavior<T> next = target.apply(context, message);
        names.add(message.getClass().getSimpleName());
        return next;
    }

    /** Waits for the next message of that kind that no call has waited for before. */
    void await(String kind) {
        try {
            String name;
            do {
                name = names.poll(10, TimeUnit.SECONDS);
                if (name == null) {
                    throw new AssertionError("no " + kind + " was processed within ten seconds");
                }
            } while (!name.equals(kind));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
