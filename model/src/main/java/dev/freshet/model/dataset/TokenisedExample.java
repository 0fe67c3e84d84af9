package dev.freshet.model.dataset;

import java.util.List;

/**
 * An example as a policy reads it.
 *
 * @param sequences as many as {@link ExampleKind#sequences}, in that order
 */
public record TokenisedExample(AdmittedExample admitted, ExampleKind kind, List<ExampleSequence> sequences) {
    public TokenisedExample {
        sequences = List.copyOf(sequences);
        if (sequences.size() != kind.sequences()) {
            throw new IllegalArgumentException("an example of " + kind.label() + " must have " + kind.sequences()
                    + " sequences, had " + sequences.size());
        }
    }

    public long sequence() {
        return admitted.sequence();
    }

    public int completionTokens() {
        return sequences.stream()
                .mapToInt(sequence -> sequence.completion().size())
                .sum();
    }

    /** Of the longest of its sequences. */
    public int positions() {
        return sequences.stream().mapToInt(ExampleSequence::positions).max().orElseThrow();
    }
}
