package dev.freshet.actors;

import java.util.Optional;

/**
 * An objective, and whether a run can be switched to it.
 *
 * @param unavailable why not; empty if it can
 */
public record ObjectiveOffer(String name, Optional<String> unavailable) {}
