package dev.freshet.streams;

/** When a prompt may enter the stream. */
public enum AdmissionMode {
    /** Whenever a generator has room: generation goes on while the learner works. */
    ASYNCHRONOUS,
    /** Only into the batch that is learnt from next: generators and learner take turns, and no token is stale. */
    SYNCHRONOUS
}
