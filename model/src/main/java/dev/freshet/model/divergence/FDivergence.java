package dev.freshet.model.divergence;

/** Replaced by the real family. */
public interface FDivergence {
    String spec();
}
