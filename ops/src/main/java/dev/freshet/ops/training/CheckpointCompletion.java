package dev.freshet.ops.training;

import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.text.TextTokenizer;
import dev.freshet.ops.cli.ExitCode;
import dev.freshet.ops.cli.GenerationLauncher;
import dev.freshet.ops.logging.Printable;
import java.io.PrintWriter;
import java.util.List;

/** Completes a prompt with a checkpoint's policy. */
public final class CheckpointCompletion implements GenerationLauncher {
    @Override
    public int generate(Request request, PrintWriter out) throws Exception {
        try (CheckpointPolicy policy = CheckpointPolicy.open(request.checkpoint(), List.of())) {
            RunConfiguration configuration = policy.configuration();
            TextTokenizer tokenizer = configuration.task().tokenizer();
            Prompt prompt = new Prompt(request.prompt(), tokenizer.encode(request.prompt()), "");
            // Refused here it is the user's mistake, refused by the generator a failure.
            configuration
                    .generation()
                    .sampling()
                    .requireRoom(prompt, configuration.decoder().maxLength());
            GenerationSettings settings = settings(configuration.generation(), request);
            AdmittedPrompt admitted =
                    new AdmittedPrompt(0, prompt, settings.sampling().temperature());
            try (RolloutGenerator generator = DecoderGenerator.start(
                    "generate",
                    configuration.decoder(),
                    settings,
                    tokenizer.stopTokens(),
                    configuration.seed(),
                    policy.registry())) {
                generator.generate(admitted).toCompletableFuture().join().rollouts().stream()
                        .map(Rollout::completion)
                        .map(tokenizer::decode)
                        .map(Printable::of)
                        .forEach(out::println);
            }
        }
        return ExitCode.DONE;
    }

    /** Temperature 0 is sampling from the likeliest token alone. */
    private static GenerationSettings settings(GenerationSettings training, Request request) {
        boolean greedy = request.temperature() == 0;
        SamplingSettings trained = training.sampling();
        SamplingSettings sampling = new SamplingSettings(
                greedy ? 1 : request.temperature(),
                greedy ? 1 : trained.topK(),
                trained.topP(),
                trained.maxCompletionLength());
        return new GenerationSettings(
                1,
                request.completions(),
                request.completions(),
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.STAY,
                sampling);
    }
}
