package dev.freshet.ops.cli;

/** For whom a result is written. */
public enum OutputFormat {
    /** A person. */
    TEXT,
    /** A script. */
    JSON
}
