package dev.freshet.ops.training;

import dev.freshet.ops.control.RunView;
import dev.freshet.ops.run.Journal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the control service shows of a run, from before it has anything to show until after it has ended. */
final class ObservedRun implements RunView {
    private volatile @Nullable Journal journal;

    void opened(Journal growing) {
        journal = growing;
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }
}
