package dev.freshet.model.rehearsal;

import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RehearsalSequence;
import dev.freshet.model.rollout.Tokens;
import java.util.List;
import java.util.Map;

/** Rehearsal sets of made-up prompts. */
final class Sets {
    static final Map<String, String> MODEL = Map.of("layers", "1", "vocabulary", "20");
    static final RehearsalOrigin ORIGIN = new RehearsalOrigin("countdown", MODEL, "ab".repeat(32), 8, 7, 1, 0.9);

    static final RehearsalSequence SHORT =
            new RehearsalSequence(Tokens.of(3, 5), Tokens.of(7), LogProbs.of(-0.25f), 0.9);
    static final RehearsalSequence LONG =
            new RehearsalSequence(Tokens.of(2), Tokens.of(9, 0, 19), LogProbs.of(-1.5f, -0.0f, -3e-5f), 0.9);

    private Sets() {}

    static SampledPrompt prompt(String text, int correct) {
        return new SampledPrompt(new Prompt(text, Tokens.of(text.length(), 3), "truth of " + text), correct);
    }

    static RehearsalSet set() {
        return new RehearsalSet(
                ORIGIN,
                List.of(prompt("a \"quoted\"\nline", 8), prompt("easy", 7), prompt("hard", 6), prompt("hopeless", 0)),
                List.of(SHORT, LONG));
    }
}
