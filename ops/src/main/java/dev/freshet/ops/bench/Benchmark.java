package dev.freshet.ops.bench;

import java.util.List;
import java.util.function.Consumer;

/** One benchmark at one size. */
interface Benchmark {
    /** What decides the figures beside the machine: a record, written into the report as it is. */
    Object settings();

    /**
     * Measures; blocks for as long as that takes.
     *
     * @param log takes a line for people now and then
     */
    List<Result> run(Consumer<String> log) throws Exception;
}
