package dev.freshet.ops.training;

import com.typesafe.config.Config;
import dev.freshet.model.engine.CpuReservation;
import dev.freshet.model.generation.GenerationSettings;
import dev.freshet.model.learning.ComputeSettings;
import dev.freshet.model.learning.LearnerSettings;
import dev.freshet.model.learning.OwnCpuLearner;
import dev.freshet.model.learning.PolicyLearner;
import dev.freshet.model.learning.ScorerSettings;
import dev.freshet.streams.AdmissionMode;
import dev.freshet.streams.PipelineSettings;
import java.util.Optional;

/**
 * CPUs that nothing but the learner runs on while it takes a step and other roles work, too; {@code learning.conf} documents
 * {@code freshet.train.own-cpus}.
 *
 * @param wanted as many as the learner has threads, or 0 for none
 */
public record LearnerCpus(int wanted) {
    private static final String KEY = "freshet.train.own-cpus";
    private static final String LEARNER_THREAD = "learner";

    /** @param available CPUs that this process may use */
    public static LearnerCpus from(Config config, int available) {
        String value = config.getString(KEY);
        if (!value.equals("auto") && !value.equals("off")) {
            throw new IllegalArgumentException("own-cpus must be auto or off, was \"" + value + "\" (" + KEY + ")");
        }
        ComputeSettings learner = LearnerSettings.from(config).compute();
        boolean areScarce = learner.threads() + otherThreads(config) >= available;
        boolean atOnce = PipelineSettings.from(config).mode() == AdmissionMode.ASYNCHRONOUS;
        return new LearnerCpus(
                value.equals("auto") && learner.device().isCpu() && areScarce && atOnce ? learner.threads() : 0);
    }

    /** Nothing if none are wanted, or the system has none to give. */
    private Optional<CpuReservation> reserve() {
        return wanted == 0 ? Optional.empty() : CpuReservation.of(LEARNER_THREAD, wanted);
    }

    /** The learner as it shall run: on CPUs of its own, or as it is. */
    public PolicyLearner around(PolicyLearner learner) {
        return reserve()
                .<PolicyLearner>map(cpus -> new OwnCpuLearner(learner, cpus))
                .orElse(learner);
    }

    private static int otherThreads(Config config) {
        GenerationSettings generation = GenerationSettings.from(config.getConfig("freshet.generation"));
        ComputeSettings scorer = ScorerSettings.from(config).compute();
        boolean scores = config.getString("freshet.reference").equals("initial")
                && scorer.device().isCpu();
        int generating = generation.device().isCpu() ? generation.generators() * generation.threads() : 0;
        return generating + (scores ? scorer.threads() : 0);
    }
}
