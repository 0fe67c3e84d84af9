package dev.freshet.actors;

/**
 * A setting that may change while a run goes on.
 *
 * @param rule what it may be, in words
 */
public record MutableSetting(String key, String rule) {}
