package dev.freshet.model.task;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.text.CharTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.Optional;

/**
 * Strings of a fixed length from a small language, with a constraint that few of them fulfil: the unconditional task in which
 * f-DPG's targets can be evaluated. There is one prompt, the beginning; the warm-up teaches the language itself.
 *
 * <p>A run has to sample exactly {@code length} tokens, as {@code freshet.generation.max-completion-length}.
 */
public final class StringsTask implements Task {
    /** The beginning of each string, which ends one where a policy says it again. */
    private static final char BEGINNING = '^';

    private static final int HELD_OUT = 4096;

    private final CharTokenizer tokenizer = new CharTokenizer("01234567" + BEGINNING, BEGINNING);
    private final Prompt prompt = new Prompt(
            String.valueOf(BEGINNING),
            Tokens.of(tokenizer.stopTokens().iterator().next()),
            "");
    private final StringsSettings settings;
    private final long seed;
    private final MarkovChain language;

    public StringsTask(StringsSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        this.language = new MarkovChain(settings.languageSeed());
    }

    @Override
    public String name() {
        return "strings";
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Prompt trainingPrompt(long sequence) {
        return prompt;
    }

    /** {@inheritDoc} Here the one prompt there is, as often as an evaluation may want to ask it. */
    @Override
    public List<Prompt> heldOut() {
        return new PromptList(HELD_OUT, index -> prompt);
    }

    @Override
    public AnswerVerifier verifier() {
        return new ConstraintVerifier(settings.constraint(), settings.length());
    }

    @Override
    public Optional<Demonstrations> demonstrations() {
        return Optional.of(index -> new Demonstration(
                prompt,
                Tokens.of(language.string(settings.length(), KeyedRandom.at(seed, Purpose.DEMONSTRATION, index)))));
    }

    private record ConstraintVerifier(StringConstraint constraint, int length) implements AnswerVerifier {
        @Override
        public String name() {
            return "strings";
        }

        @Override
        public Verdict verify(Prompt prompt, Answer answer) {
            boolean whole = answer.finishReason() == FinishReason.LENGTH
                    && answer.text().length() == length;
            return whole && constraint.holds(answer.text()) ? Verdict.Reward.RIGHT : Verdict.Reward.WRONG;
        }
    }
}
