package dev.freshet.model.learning;

import dev.freshet.model.objective.PolicyObjective;
import java.util.Optional;

/** What one step's mini-batches and micro-batches have in common. */
record StepWork(
        PolicyObjective objective,
        Optional<VocabularyAnchor> anchor,
        StepSettings settings,
        double learningRate,
        StepTally tally,
        StepMeter meter) {}
