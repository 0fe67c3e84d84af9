package dev.freshet.ops.bench;

import dev.freshet.model.engine.OpenArrays;
import dev.freshet.streams.EventSink;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.StepTrained;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Looks at the process's memory every few steps of a run. All else it leaves to the sink behind it. */
final class MemoryMeter implements EventSink {
    private static final double MEGABYTE = 1e6;

    /** @param arrays open in the middle of a run, those of running calls included */
    record Sample(long step, ProcessMemory memory, int arrays) {
        double outsideJava() {
            return memory.outsideJava() / MEGABYTE;
        }

        double resident() {
            return memory.resident() / MEGABYTE;
        }

        Map<String, Object> toMap() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("native_megabytes", outsideJava());
            fields.put("resident_megabytes", resident());
            fields.put("anonymous_megabytes", memory.anonymous() / MEGABYTE);
            fields.put("heap_used_megabytes", memory.heapUsed() / MEGABYTE);
            fields.put("heap_committed_megabytes", memory.heapCommitted() / MEGABYTE);
            fields.put("classes_and_code_megabytes", memory.otherJava() / MEGABYTE);
            fields.put("direct_megabytes", memory.direct() / MEGABYTE);
            fields.put("ndarrays", arrays);
            return fields;
        }
    }

    private final EventSink sink;
    private final MemoryBenchmark.Settings settings;
    private final Consumer<String> log;
    private final List<Sample> samples = new ArrayList<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    MemoryMeter(EventSink sink, MemoryBenchmark.Settings settings, Consumer<String> log) {
        this.sink = sink;
        this.settings = settings;
        this.log = log;
    }

    @Override
    public synchronized void accept(PipelineEvent event) {
        sink.accept(event);
        if (event instanceof StepTrained trained) {
            long step = trained.report().version().number();
            if (step % settings.every() == 0 && step <= settings.steps()) {
                add(sample(step));
            }
            if (step == settings.settledAfter()) {
                settled.complete(null);
            }
            if (step == settings.steps()) {
                ended.complete(null);
            }
        }
    }

    /** Completes when the steps that do not count have been taken. */
    CompletableFuture<Void> settled() {
        return settled.copy();
    }

    /** Completes when all steps have been taken. */
    CompletableFuture<Void> ended() {
        return ended.copy();
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    private void add(Sample sample) {
        samples.add(sample);
        log.accept(String.format(
                Locale.ROOT,
                "  step %,d, native %.1f MB, resident %.1f MB, %d arrays",
                sample.step(),
                sample.outsideJava(),
                sample.resident(),
                sample.arrays()));
    }

    private static Sample sample(long step) {
        int arrays =
                OpenArrays.count().values().stream().mapToInt(count -> count).sum();
        try {
            return new Sample(step, ProcessMemory.now(), arrays);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
