package dev.freshet.model.dataset;

import java.util.List;

/**
 * What one training step learns from when it learns from a dataset.
 *
 * @param examples of one kind, at least one, in the order of their admission numbers
 */
public record DatasetBatch(List<ScoredExample> examples) {
    public DatasetBatch {
        examples = List.copyOf(examples);
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("a batch must have at least one example, had none");
        }
        if (examples.stream()
                        .map(ScoredExample::example)
                        .map(TokenisedExample::kind)
                        .distinct()
                        .count()
                > 1) {
            throw new IllegalArgumentException("the examples of a batch must be of one kind");
        }
    }

    public ExampleKind kind() {
        return examples.get(0).example().kind();
    }

    public long firstSequence() {
        return examples.get(0).sequence();
    }

    public long lastSequence() {
        return examples.get(examples.size() - 1).sequence();
    }

    public int completionTokens() {
        return examples.stream()
                .mapToInt(example -> example.example().completionTokens())
                .sum();
    }

    public boolean hasReference() {
        return examples.stream().noneMatch(example -> example.reference().isEmpty());
    }
}
