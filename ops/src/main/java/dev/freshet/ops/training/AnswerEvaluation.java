package dev.freshet.ops.training;

import dev.freshet.model.answers.AnswerQuality;
import dev.freshet.model.answers.KnownAnswer;
import dev.freshet.model.checkpoint.Checkpoint;
import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.TemplateBank;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.generation.DecoderGenerator;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.generation.OnNewVersion;
import dev.freshet.model.generation.RolloutGenerator;
import dev.freshet.model.generation.SamplingSettings;
import dev.freshet.model.learning.DecoderLogProbScorer;
import dev.freshet.model.learning.LogProbScorer;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How answers that a policy may know come off with the policy in a checkpoint. */
public final class AnswerEvaluation {
    private static final int MOST_AT_ONCE = 256;

    private final RunConfiguration configuration;
    private final TextTokenizer tokenizer;

    private AnswerEvaluation(RunConfiguration configuration) {
        this.configuration = configuration;
        this.tokenizer = configuration.task().tokenizer();
    }

    /**
     * Of each answer, in their order. What the policy says of itself is by its likeliest tokens, at most as many as it may say in
     * training.
     *
     * @param overrides of the settings of the checkpoint's run, each {@code key=value}
     * @throws IllegalArgumentException if the checkpoint, a setting, or an answer's text is refused
     */
    public static List<AnswerQuality> of(Path checkpoint, List<String> overrides, List<KnownAnswer> answers)
            throws InterruptedException {
        try (CheckpointPolicy policy = CheckpointPolicy.open(checkpoint, overrides)) {
            AnswerEvaluation evaluation = new AnswerEvaluation(policy.configuration());
            List<String> said = evaluation.said(policy, answers);
            List<LogProbs> scores = evaluation.scores(Checkpoint.open(checkpoint), answers);
            Set<String> templates = Set.copyOf(
                    TemplateBank.from(policy.configuration().config()).all());
            return qualities(answers, scores, said, templates);
        }
    }

    private static List<AnswerQuality> qualities(
            List<KnownAnswer> answers, List<LogProbs> scores, List<String> said, Set<String> templates) {
        List<AnswerQuality> qualities = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < answers.size(); i++) {
            int wrong = answers.get(i).wrong().size();
            qualities.add(AnswerQuality.of(
                    answers.get(i),
                    scores.get(next),
                    scores.get(next + 1),
                    scores.subList(next + 2, next + 2 + wrong),
                    said.get(i),
                    templates));
            next += 2 + wrong;
        }
        return qualities;
    }

    private List<String> said(CheckpointPolicy policy, List<KnownAnswer> answers) throws InterruptedException {
        List<AdmittedPrompt> prompts = new ArrayList<>();
        for (KnownAnswer answer : answers) {
            Prompt prompt = new Prompt(answer.prompt(), tokenizer.encode(answer.prompt()), answer.answer());
            prompts.add(new AdmittedPrompt(prompts.size(), prompt, 1));
        }
        try (RolloutGenerator generator = DecoderGenerator.start(
                "answers",
                configuration.decoder(),
                greedy(Math.min(MOST_AT_ONCE, prompts.size())),
                tokenizer.stopTokens(),
                configuration.seed(),
                policy.registry())) {
            List<CompletableFuture<RolloutGroup>> asked = prompts.stream()
                    .map(generator::generate)
                    .map(CompletionStage::toCompletableFuture)
                    .toList();
            return asked.stream()
                    .map(group -> text(group.join().rollouts().get(0)))
                    .toList();
        }
    }

    private GenerationSettings greedy(int slots) {
        GenerationSettings training = configuration.generation();
        return new GenerationSettings(
                1,
                1,
                slots,
                training.chunk(),
                training.threads(),
                training.device(),
                training.flavour(),
                OnNewVersion.STAY,
                new SamplingSettings(1, 1, 1, training.sampling().maxCompletionLength()));
    }

    private String text(Rollout rollout) {
        int[] tokens = rollout.completion().toArray();
        int end = rollout.finishReason() == FinishReason.STOP ? tokens.length - 1 : tokens.length;
        return tokenizer.decode(Tokens.of(Arrays.copyOf(tokens, end)));
    }

    /** Of each answer, then of it restated, then of the wrong ones. */
    private List<LogProbs> scores(Checkpoint checkpoint, List<KnownAnswer> answers) throws InterruptedException {
        try (LogProbScorer scorer =
                DecoderLogProbScorer.start(configuration.decoder(), configuration.scorer(), checkpoint.weights())) {
            List<CompletableFuture<List<LogProbs>>> asked = new ArrayList<>();
            for (KnownAnswer answer : answers) {
                Tokens prompt = tokenizer.encode(answer.prompt());
                asked.add(score(scorer, prompt, answer.answer()));
                asked.add(score(scorer, prompt, answer.restated()));
                answer.wrong().forEach(wrong -> asked.add(score(scorer, prompt, wrong)));
            }
            return asked.stream().flatMap(scores -> scores.join().stream()).toList();
        }
    }

    private CompletableFuture<List<LogProbs>> score(LogProbScorer scorer, Tokens prompt, String answer) {
        ExampleSequence sequence = new ExampleSequence(prompt, tokenizer.encode(answer));
        TokenisedExample example =
                new TokenisedExample(new AdmittedExample(0, 0, 0), ExampleKind.DEMONSTRATION, List.of(sequence));
        return scorer.score(example).toCompletableFuture();
    }
}
