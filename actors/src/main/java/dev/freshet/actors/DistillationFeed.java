package dev.freshet.actors;

/** Rounds of a distillation: the learner itself draws what it needs for each, from the round's number. */
public record DistillationFeed() implements RunFeed {
    /** Nothing is sampled ahead. */
    @Override
    public long stalenessBound() {
        return 0;
    }
}
