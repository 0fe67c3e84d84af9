package dev.freshet.ops.control;

import dev.freshet.ops.run.Journal;
import java.util.Optional;

/** What a run shows of itself, beside what {@link dev.freshet.actors.RunControl} steers. */
public interface RunView {
    /** The run's journal, or empty while the run is not ready to write one. */
    Optional<Journal> journal();

    /** Who is told of calls that have ended. */
    CallListener calls();
}
