package dev.freshet.model.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a construction has opened so far. Unless the construction comes to its end and says {@link #keep}, all of it is closed,
 * newest first: native memory whose owner is not made yet has no other owner, and what fails is often its allocation.
 *
 * <pre>
 *   try (OpenedSoFar opened = new OpenedSoFar()) {
 *       Cache cache = opened.add(new Cache());
 *       Owner owner = new Owner(cache, opened.add(new Buffers()));
 *       opened.keep();
 *       return owner;
 *   }
 * </pre>
 */
public final class OpenedSoFar implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Takes note of a resource, and returns it. */
    public <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    /** The construction is done: what it opened is its result's from now on. */
    public void keep() {
        opened.clear();
    }

    /** Closes all of it, even where something refuses to close: the refusals are thrown as one. */
    @Override
    public void close() {
        IllegalStateException refusals =
                new IllegalStateException("what a construction had opened must close, did not");
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                refusals.addSuppressed(e);
            }
        }
        if (refusals.getSuppressed().length > 0) {
            throw refusals;
        }
    }
}
