package dev.freshet.ops.training;

import dev.freshet.ops.control.CallListener;
import dev.freshet.ops.control.RunView;
import dev.freshet.ops.run.Journal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the control service shows of a run, from before it has anything to show until after it has ended. */
final class ObservedRun implements RunView {
    private final CallListener calls;
    private volatile @Nullable Journal journal;

    ObservedRun(CallListener calls) {
        this.calls = calls;
    }

    void opened(Journal growing) {
        journal = growing;
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    @Override
    public CallListener calls() {
        return calls;
    }
}
