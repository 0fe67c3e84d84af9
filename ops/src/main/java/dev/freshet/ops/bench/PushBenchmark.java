package dev.freshet.ops.bench;

import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.yardstick.BareDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Publishing a version into the registry's recycled buffers against a bare copy, and what taking it up costs a generator. */
record PushBenchmark(Settings settings) implements Benchmark {
    private static final long SEED = 1;
    private static final double GIGA = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * @param copies that are timed at a time
     * @param flavours of the generators that take versions up; packed ones bring all matrices into another layout;
     *     without those that this CPU cannot use
     * @param leastRatio bar of the ratio to the yardstick
     */
    record Settings(
            ModelSize size,
            List<Integer> threads,
            int copies,
            List<MatrixFlavour> flavours,
            Rounds rounds,
            double leastRatio) {
        static Settings full() {
            return new Settings(
                    ModelSize.SMALL,
                    List.of(1, 2),
                    20,
                    List.of(MatrixFlavour.FP32_PACKED, MatrixFlavour.BF16_PACKED, MatrixFlavour.FP32),
                    new Rounds(1, 9),
                    0.93);
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Flavours flavours = Flavours.of(settings.flavours());
        List<Result> results = new ArrayList<>(flavours.toldOf());
        DecoderConfig config = settings.size().decoder(2);
        for (int threads : settings.threads()) {
            log.accept("publish, " + threads + " threads");
            results.addAll(publish(config, threads, log));
        }
        try (PublishedWeights weights = PublishedWeights.of(config)) {
            for (MatrixFlavour flavour : flavours.usable()) {
                log.accept("swap, " + flavour.label());
                results.add(swap(weights, flavour, log));
            }
        }
        return results;
    }

    /**
     * Each figure is of memory that is new to it: how fast some memory is copied into other depends by a tenth on where the
     * two happen to lie.
     */
    private List<Result> publish(DecoderConfig config, int threads, Consumer<String> log) throws Exception {
        List<Series> series = settings.rounds()
                .take(
                        log,
                        new Trial("system", "GB/s", () -> published(config, threads)),
                        new Trial("yardstick", "GB/s", () -> copied(config, threads)));
        Series system = series.get(0);
        Series yardstick = series.get(1);
        Map<String, Object> holdsFor =
                Map.of("size", settings.size().label(), "threads", threads, "bytes", bytes(config));
        return List.of(
                system.over(yardstick)
                        .result("publish_ratio", "of the yardstick", holdsFor)
                        .atLeast(settings.leastRatio()),
                system.result("publish_bandwidth", "GB/s", holdsFor),
                yardstick.result("bare_copy_bandwidth", "GB/s", holdsFor));
    }

    private double published(DecoderConfig config, int threads) {
        try (PublishedWeights weights = PublishedWeights.of(config)) {
            return gigabytes(config) / weights.publishSeconds(threads, settings.copies());
        }
    }

    private double copied(DecoderConfig config, int threads) {
        try (BareDecoder bare = new BareDecoder(config, MatrixFlavour.PLAIN, MatrixFlavour.PLAIN, threads)) {
            return gigabytes(config) / bare.copy().seconds(settings.copies());
        }
    }

    private static double gigabytes(DecoderConfig config) {
        return bytes(config) / GIGA;
    }

    private static long bytes(DecoderConfig config) {
        return DecoderWeights.size(config) * Float.BYTES;
    }

    /** The time of a token for which a new version is taken up less the time of one for which none is. */
    private Result swap(PublishedWeights weights, MatrixFlavour flavour, Consumer<String> log) throws Exception {
        GenerationSettings generation = new GenerationSettings(
                1, 1, 1, 1, 1, ComputeDevice.CPU, flavour, OnNewVersion.KEEP, new SamplingSettings(1, 0, 1, 1));
        try (DecoderGenerator generator = DecoderGenerator.start(
                "bench-generator",
                weights.config(),
                generation,
                Set.of(weights.config().vocabulary()),
                SEED,
                weights.registry())) {
            List<Series> series = settings.rounds()
                    .take(
                            log,
                            new Trial("with a swap", "ms", () -> {
                                weights.publish();
                                return tokenMillis(generator);
                            }),
                            new Trial("without", "ms", () -> tokenMillis(generator)));
            return series.get(0)
                    .minus(series.get(1))
                    .result("swap", "ms", Map.of("size", settings.size().label(), "flavour", flavour.label()));
        }
    }

    private static double tokenMillis(DecoderGenerator generator) {
        long start = System.nanoTime();
        generator.generate(Prompts.ofOneToken(1).get(0)).toCompletableFuture().join();
        return (System.nanoTime() - start) / NANOS_PER_MILLI;
    }
}
