package dev.freshet.ops.metrics;

import dev.freshet.model.engine.NativeHeap;
import dev.freshet.model.engine.OpenArrays;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What the process holds in native memory, as it is when somebody asks. */
final class NativeMetrics {
    private final Optional<NativeHeap> heap = NativeHeap.ofThisSystem();
    private volatile LongSupplier published = () -> 0;

    NativeMetrics(Instruments instruments) {
        instruments.askedGauge(
                "freshet_native_bytes",
                "bytes",
                "Native memory by kind: allocated (in use by the C library's callers, CPU tensors included), free (kept by"
                        + " the C library for the next tensor) and published (the versions of the weights for generators)",
                gauge -> {
                    heap.map(NativeHeap::use).ifPresent(use -> {
                        gauge.call((double) use.allocated(), "allocated");
                        gauge.call((double) use.free(), "free");
                    });
                    gauge.call((double) published.getAsLong(), "published");
                },
                "kind");
        instruments.askedGauge(
                "freshet_ndarrays_open",
                "arrays",
                "Arrays in native memory that are open, by what they are for; those of running calls come and go",
                gauge -> OpenArrays.count().forEach((kind, count) -> gauge.call(count, kind.label())),
                "kind");
    }

    /** @param bytes that the versions of the weights take up */
    void watch(LongSupplier bytes) {
        published = bytes;
    }
}
