package dev.freshet.ops.bench;

import com.typesafe.config.Config;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.task.Task;
import dev.freshet.model.transformer.DecoderConfig;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.yardstick.BareDecoder;
import dev.freshet.model.yardstick.BareDecoder.Repeatable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Tokens a second of a generator, with its slots, chunks, random numbers and versions, against one TorchScript call that samples as
 * many tokens with nothing around it.
 */
record DecodeBenchmark(Settings settings) implements Benchmark {
    private static final int GROUP_SIZE = 8;
    private static final long SEED = 1;

    /**
     * @param flavours without those that this CPU cannot use
     * @param rows rollouts at a time
     * @param tokens of each rollout, after a prompt of one
     * @param chunk decode steps of one native call of the system; the yardstick makes one call in all
     * @param quickstartGroups groups that the quickstart's generator samples, all waiting from the start
     * @param leastRatio bar of the ratio to the yardstick
     */
    record Settings(
            List<ModelSize> sizes,
            List<MatrixFlavour> flavours,
            List<Integer> threads,
            int rows,
            int tokens,
            int chunk,
            int quickstartGroups,
            Rounds rounds,
            double leastRatio) {
        static Settings full() {
            return new Settings(
                    List.of(ModelSize.TINY, ModelSize.SMALL),
                    List.of(MatrixFlavour.FP32_PACKED, MatrixFlavour.BF16_PACKED),
                    List.of(1, 2),
                    64,
                    128,
                    16,
                    2048,
                    new Rounds(1, 5),
                    0.93);
        }

        GenerationSettings generation(MatrixFlavour flavour, int threads) {
            return new GenerationSettings(
                    1,
                    GROUP_SIZE,
                    rows,
                    chunk,
                    threads,
                    ComputeDevice.CPU,
                    flavour,
                    OnNewVersion.KEEP,
                    new SamplingSettings(1, 0, 1, tokens));
        }
    }

    @Override
    public List<Result> run(Consumer<String> log) throws Exception {
        Flavours flavours = Flavours.of(settings.flavours());
        List<Result> results = new ArrayList<>(flavours.toldOf());
        for (ModelSize size : settings.sizes()) {
            DecoderConfig config = size.decoder(settings.tokens() + 1);
            try (PublishedWeights weights = PublishedWeights.of(config)) {
                for (MatrixFlavour flavour : flavours.usable()) {
                    for (int threads : settings.threads()) {
                        Map<String, Object> holdsFor =
                                Map.of("size", size.label(), "flavour", flavour.label(), "threads", threads);
                        log.accept(holdsFor.toString());
                        results.addAll(compare(weights, flavour, threads, holdsFor, log));
                    }
                }
            }
        }
        results.add(quickstart(log));
        return results;
    }

    private List<Result> compare(
            PublishedWeights weights,
            MatrixFlavour flavour,
            int threads,
            Map<String, Object> holdsFor,
            Consumer<String> log)
            throws Exception {
        try (BareDecoder bare = new BareDecoder(weights.config(), MatrixFlavour.PLAIN, flavour, threads)) {
            Repeatable generation = bare.generation(settings.rows(), settings.tokens());
            double tokens = (double) settings.rows() * settings.tokens();
            List<Series> series = settings.rounds()
                    .take(
                            log,
                            new Trial("system", "tokens/s", () -> system(weights, flavour, threads)),
                            new Trial("yardstick", "tokens/s", () -> tokens / generation.seconds(1)));
            Series system = series.get(0);
            Series yardstick = series.get(1);
            return List.of(
                    system.over(yardstick)
                            .result("decode_ratio", "of the yardstick", holdsFor)
                            .atLeast(settings.leastRatio()),
                    system.result("decode_tokens_per_second", "tokens/s", holdsFor),
                    yardstick.result("bare_decode_tokens_per_second", "tokens/s", holdsFor));
        }
    }

    /** A new generator each time, so that its threads are gone while the yardstick's work, as the yardstick's are now. */
    private double system(PublishedWeights weights, MatrixFlavour flavour, int threads) {
        // A token that is never sampled, so that every rollout is as long as the yardstick's.
        Set<Integer> stopTokens = Set.of(weights.config().vocabulary());
        List<AdmittedPrompt> prompts = Prompts.ofOneToken(settings.rows() / GROUP_SIZE);
        try (DecoderGenerator generator = DecoderGenerator.start(
                "bench-generator",
                weights.config(),
                settings.generation(flavour, threads),
                stopTokens,
                SEED,
                weights.registry())) {
            GenerationTrial.tokensPerSecond(generator, prompts);
            return GenerationTrial.tokensPerSecond(generator, prompts);
        }
    }

    /** The quickstart's prompts and completions, short ones, which come and go at nearly every chunk. */
    private Result quickstart(Consumer<String> log) throws Exception {
        Config config = Quickstart.config();
        Task task = Quickstart.task(config);
        Roles roles = Roles.of(config, task);
        List<AdmittedPrompt> prompts = LongStream.range(0, settings.quickstartGroups())
                .mapToObj(sequence -> new AdmittedPrompt(sequence, task.trainingPrompt(sequence), 1))
                .toList();
        Map<String, Object> holdsFor = Map.of(
                "slots", config.getInt("freshet.generation.slots"),
                "flavour", config.getString("freshet.generation.matrix-flavour"),
                "threads", config.getInt("freshet.generation.threads"));
        log.accept("quickstart " + holdsFor);
        try (PublishedWeights weights = roles.publishedWeights();
                RolloutGenerator generator = roles.generator(weights.registry())) {
            return settings.rounds()
                    .take(
                            log,
                            new Trial("system", "tokens/s", () -> GenerationTrial.tokensPerSecond(generator, prompts)))
                    .get(0)
                    .result("quickstart_decode_tokens_per_second", "tokens/s", holdsFor);
        }
    }
}
