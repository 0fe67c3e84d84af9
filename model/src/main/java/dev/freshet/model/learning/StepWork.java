package dev.freshet.model.learning;

import dev.freshet.model.objective.PolicyObjective;

/** What one step's mini-batches and micro-batches have in common. */
record StepWork(
        PolicyObjective objective,
        VocabularyTerms terms,
        UpdateRule rule,
        StepSettings settings,
        double learningRate,
        StepTally tally,
        StepMeter meter) {}
