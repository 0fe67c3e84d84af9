package dev.freshet.ops.control;

import dev.freshet.ops.run.Journal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run that shows what the test gives it. */
public final class ScriptedView implements RunView {
    private volatile @Nullable Journal journal;

    public void journal(@Nullable Journal next) {
        journal = next;
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }
}
