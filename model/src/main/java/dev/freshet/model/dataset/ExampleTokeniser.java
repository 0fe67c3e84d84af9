package dev.freshet.model.dataset;

import dev.freshet.model.dataset.TextExample.Demonstration;
import dev.freshet.model.dataset.TextExample.ForgetPair;
import dev.freshet.model.dataset.TextExample.Preference;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.Completions;
import dev.freshet.model.text.TextTokenizer;
import java.util.List;
import java.util.stream.Stream;

/** Turns texts into tokens: the prompt's and each completion's on their own, a stop token behind each completion. */
record ExampleTokeniser(TextTokenizer tokenizer, LengthRule length, Templates templates) {
    /** @throws IllegalArgumentException if the tokenizer has no tokens for a text, or there is no room for them */
    TokenisedExample tokenise(AdmittedExample admitted, TextExample text) {
        if (text instanceof Demonstration said) {
            return example(admitted, text, said.prompt(), said.completion());
        }
        if (text instanceof Preference preference) {
            return example(admitted, text, preference.prompt(), preference.chosen(), preference.rejected());
        }
        ForgetPair forget = (ForgetPair) text;
        return example(admitted, text, forget.prompt(), forget.completion(), templates.of(admitted));
    }

    private TokenisedExample example(AdmittedExample admitted, TextExample text, String prompt, String... completions) {
        Tokens asked = tokenizer.encode(prompt);
        List<ExampleSequence> sequences = Stream.of(completions)
                .map(completion -> length.apply(asked, Completions.ended(tokenizer, completion)))
                .toList();
        return new TokenisedExample(admitted, text.kind(), sequences);
    }
}
