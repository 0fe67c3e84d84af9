package dev.freshet.model.distillation;

import dev.freshet.model.fidelity.SampleSet;

/** What the teacher has learnt, and what the discriminator takes for real: an endless sequence of examples, fixed by a seed. */
public sealed interface TrainingData permits ImageData, MixtureData {
    /** Numbers of an example. */
    int dimensions();

    /** What it is, in words that tell it from other data. */
    String identity();

    /** The examples from a place in the sequence on: the same whenever they are asked for. */
    SampleSet examples(long first, int count);
}
