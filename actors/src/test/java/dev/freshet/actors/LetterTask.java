package dev.freshet.actors;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.Answer;
import dev.freshet.model.task.AnswerVerifier;
import dev.freshet.model.task.Task;
import dev.freshet.model.task.Verdict;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A task whose tokens are characters, a full stop being the stop token, with whatever verifier a test wants. */
record LetterTask(BiFunction<Prompt, Answer, Verdict> judge) implements Task {
    /** Rewards the answer {@code a}. */
    static LetterTask wantsTheLetterA() {
        return new LetterTask(
                (prompt, answer) -> new Verdict.Reward(answer.text().equals("a") ? 1 : 0));
    }

    @Override
    public String name() {
        return "letters";
    }

    @Override
    public TextTokenizer tokenizer() {
        return new LetterTokenizer();
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        return Samples.prompt(sequence);
    }

    @Override
    public List<Prompt> heldOut() {
        return List.of();
    }

    @Override
    public AnswerVerifier verifier() {
        return new Judge(judge);
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return Optional.empty();
    }

    private record Judge(BiFunction<Prompt, Answer, Verdict> judge) implements AnswerVerifier {
        @Override
        public String name() {
            return "judge";
        }

        @Override
        public Verdict verify(Prompt prompt, Answer answer) {
            return judge.apply(prompt, answer);
        }
    }

    private static final class LetterTokenizer implements TextTokenizer {
        @Override
        public Tokens encode(String text) {
            return Tokens.of(text.chars().toArray());
        }

        @Override
        public String decode(Tokens tokens) {
            return new String(tokens.toArray(), 0, tokens.size());
        }

        @Override
        public int vocabularySize() {
            return 128;
        }

        @Override
        public Set<Integer> stopTokens() {
            return Set.of((int) '.');
        }
    }
}
