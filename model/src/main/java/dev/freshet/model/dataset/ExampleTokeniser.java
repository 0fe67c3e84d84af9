package dev.freshet.model.dataset;

import dev.freshet.model.dataset.TextExample.Demonstration;
import dev.freshet.model.dataset.TextExample.ForgetAndRetain;
import dev.freshet.model.dataset.TextExample.ForgetPair;
import dev.freshet.model.dataset.TextExample.Preference;
import dev.freshet.model.text.TextTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Turns texts into tokens: the prompt's and each completion's on their own, with its end behind each completion. */
record ExampleTokeniser(TextTokenizer tokenizer, LengthRule length, CompletionEnd end, Templates templates) {
    /** @throws IllegalArgumentException if the tokenizer has no tokens for a text, or there is no room for them */
    TokenisedExample tokenise(AdmittedExample admitted, TextExample text) {
        if (text instanceof Demonstration said) {
            return example(admitted, text, said.prompt(), said.completion());
        }
        if (text instanceof Preference preference) {
            return example(admitted, text, preference.prompt(), preference.chosen(), preference.rejected());
        }
        if (text instanceof ForgetAndRetain both) {
            List<ExampleSequence> sequences = new ArrayList<>(forgotten(admitted, both.forget()));
            sequences.addAll(sequences(both.retain().prompt(), both.retain().completion()));
            return new TokenisedExample(admitted, text.kind(), sequences);
        }
        return new TokenisedExample(admitted, text.kind(), forgotten(admitted, (ForgetPair) text));
    }

    private List<ExampleSequence> forgotten(AdmittedExample admitted, ForgetPair forget) {
        return sequences(forget.prompt(), forget.completion(), templates.of(admitted));
    }

    private TokenisedExample example(AdmittedExample admitted, TextExample text, String prompt, String... completions) {
        return new TokenisedExample(admitted, text.kind(), sequences(prompt, completions));
    }

    private List<ExampleSequence> sequences(String prompt, String... completions) {
        return length.apply(
                tokenizer.encode(prompt),
                Stream.of(completions)
                        .map(completion -> end.tokens(tokenizer, completion))
                        .toList());
    }
}
