package dev.freshet.actors;

import dev.freshet.model.generation.RolloutGenerator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The engine that each generator of a run has open. Whoever commands a pause halts them with his own thread: by way of three
 * mailboxes, of the coordinator, the pool and the generator, the command would come a chunk too late now and then.
 */
final class OpenEngines {
    /** Opens engines for one generator, one after another, and remembers the newest. */
    private static final class Opener implements Supplier<RolloutGenerator> {
        private final Supplier<RolloutGenerator> engines;
        private volatile Optional<RolloutGenerator> newest = Optional.empty();

        private Opener(Supplier<RolloutGenerator> engines) {
            this.engines = engines;
        }

        @Override
        public RolloutGenerator get() {
            RolloutGenerator engine = engines.get();
            newest = Optional.of(engine);
            return engine;
        }
    }

    private final List<Opener> openers;

    private OpenEngines(List<Opener> openers) {
        this.openers = openers;
    }

    /** None is open yet. A run that learns from a dataset has none ever. */
    static OpenEngines of(RunPlan plan) {
        return new OpenEngines(
                plan.feed() instanceof RolloutFeed rollouts
                        ? rollouts.generators().stream().map(Opener::new).toList()
                        : List.of());
    }

    /** As {@link RolloutFeed#generators}; what they open is known here. */
    List<? extends Supplier<RolloutGenerator>> suppliers() {
        return openers;
    }

    /**
     * Halts all; the coordinator has to be told as well, who sees to engines that are just being opened, and to deadlines, and
     * lets these go on if it refuses.
     */
    void halt() {
        openers.forEach(opener -> opener.newest.ifPresent(RolloutGenerator::halt));
    }
}
