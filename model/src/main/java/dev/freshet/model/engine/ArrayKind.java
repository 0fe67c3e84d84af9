package dev.freshet.model.engine;

import java.util.Locale;

/** What arrays in native memory are for. */
public enum ArrayKind {
    /** Weights that are trained, or only made to be copied. */
    PARAMETERS,
    /** AdamW's moments and step counts. */
    MOMENTS,
    /** The versions in a registry, leased or free. */
    PUBLISHED,
    /** A leased version in its generator's matrix flavour. */
    SAMPLING,
    /** A generator's key-value cache. */
    CACHE,
    /** A generator's buffers, and what its running chunk works with. */
    DECODING,
    /** A frozen decoder's weights, and what its running micro-batch works with. */
    REFERENCE,
    /** What a learner's running micro-batch works with. */
    BATCH,
    /** A decoder program's constants. */
    PROGRAM,
    /** Neither training's nor generation's. */
    OTHER;

    /** As metrics and reports name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
