package dev.freshet.ops.metrics;

import dev.freshet.model.engine.NativeHeap;
import dev.freshet.model.engine.OpenArrays;
import java.util.Optional;

/** What the process holds in native memory, as it is when somebody asks. */
final class NativeMetrics {
    private final Optional<NativeHeap> heap = NativeHeap.ofThisSystem();

    NativeMetrics(Instruments instruments) {
        instruments.askedGauge(
                "freshet_native_bytes",
                "bytes",
                "Native memory by kind: allocated (in use by the C library's callers, all CPU tensors included), free (kept by"
                        + " the C library for the next tensor), and of that or of a GPU's what arrays take up that stay:"
                        + " parameters, moments, published, reference and cache",
                gauge -> {
                    heap.map(NativeHeap::use).ifPresent(use -> {
                        gauge.call((double) use.allocated(), "allocated");
                        gauge.call((double) use.free(), "free");
                    });
                    OpenArrays.bytes().forEach((kind, bytes) -> gauge.call((double) bytes, kind.label()));
                },
                "kind");
        instruments.askedGauge(
                "freshet_ndarrays_open",
                "arrays",
                "Arrays in native memory that are open, by what they are for; those of running calls come and go",
                gauge -> OpenArrays.count().forEach((kind, count) -> gauge.call(count, kind.label())),
                "kind");
    }
}
