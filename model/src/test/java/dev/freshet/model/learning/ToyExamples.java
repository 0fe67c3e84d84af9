package dev.freshet.model.learning;

import dev.freshet.model.dataset.AdmittedExample;
import dev.freshet.model.dataset.DatasetBatch;
import dev.freshet.model.dataset.ExampleKind;
import dev.freshet.model.dataset.ExampleSequence;
import dev.freshet.model.dataset.ScoredExample;
import dev.freshet.model.dataset.TokenisedExample;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Random examples for the toy decoder, with reference log-probs near those of a fresh one. */
final class ToyExamples {
    private ToyExamples() {}

    static DatasetBatch demonstrations(int examples, long seed) {
        return batch(ExampleKind.DEMONSTRATION, examples, seed);
    }

    static DatasetBatch preferences(int examples, long seed) {
        return batch(ExampleKind.PREFERENCE, examples, seed);
    }

    static DatasetBatch batch(ExampleKind kind, int examples, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new DatasetBatch(IntStream.range(0, examples)
                .mapToObj(id -> example(kind, id, random))
                .toList());
    }

    private static ScoredExample example(ExampleKind kind, int id, SplittableRandom random) {
        Tokens prompt = Toy.tokens(1 + random.nextInt(5), random);
        List<ExampleSequence> sequences = new ArrayList<>();
        List<LogProbs> reference = new ArrayList<>();
        for (int i = 0; i < kind.sequences(); i++) {
            Tokens completion = Toy.tokens(1 + random.nextInt(6), random);
            sequences.add(new ExampleSequence(prompt, completion));
            reference.add(Toy.logProbs(completion.size(), random));
        }
        return new ScoredExample(new TokenisedExample(new AdmittedExample(id, 0, id), kind, sequences), reference);
    }

    /** The same examples as they come again in another epoch. */
    static DatasetBatch inEpoch(long epoch, DatasetBatch batch) {
        return new DatasetBatch(batch.examples().stream()
                .map(example -> new ScoredExample(inEpoch(epoch, example.example()), example.reference()))
                .toList());
    }

    private static TokenisedExample inEpoch(long epoch, TokenisedExample example) {
        long id = example.admitted().id();
        return new TokenisedExample(new AdmittedExample(id, epoch, id), example.kind(), example.sequences());
    }

    /** The same examples without their reference. */
    static DatasetBatch withoutReference(DatasetBatch batch) {
        return new DatasetBatch(batch.examples().stream()
                .map(example -> ScoredExample.withoutReference(example.example()))
                .toList());
    }
}
