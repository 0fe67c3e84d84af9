package dev.freshet.ops.control;

import dev.freshet.ops.run.Journal;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A run that shows what the test gives it. */
public final class ScriptedView implements RunView {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private volatile @Nullable Journal journal;

    public void journal(@Nullable Journal next) {
        journal = next;
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    @Override
    public CallListener calls() {
        return (command, result) -> told.add(command + " " + result);
    }

    /** Each call that has ended, as {@code command result}. */
    BlockingQueue<String> told() {
        return told;
    }
}
