package dev.freshet.actors;

/** What a run learns from. */
public sealed interface RunFeed permits RolloutFeed, DatasetFeed, DistillationFeed {
    /** The most policy versions that the learner may be ahead of what it learns from. */
    long stalenessBound();
}
