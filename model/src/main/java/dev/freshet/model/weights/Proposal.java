package dev.freshet.model.weights;

/** What generators sample from when a version has been published: f-DPG's q. */
public enum Proposal {
    /** The newest version, and each that comes: online. */
    NEWEST,
    /** What they have sampled from so far, whatever is published: offline. */
    KEPT,
    /** The version that is published, and that one from then on. */
    RENEWED
}
