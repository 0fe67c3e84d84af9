package dev.freshet.ops.bench;

import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import java.util.List;
import java.util.stream.LongStream;

/** Prompts for benchmarks that look at no answer. */
final class Prompts {
    /** The shortest prompt that there is: nothing to prefill, as a bare generation has nothing. */
    private static final Prompt ONE_TOKEN = new Prompt("", Tokens.of(0), "");

    private Prompts() {}

    static List<AdmittedPrompt> ofOneToken(int groups) {
        return LongStream.range(0, groups)
                .mapToObj(sequence -> new AdmittedPrompt(sequence, ONE_TOKEN, 1))
                .toList();
    }
}
