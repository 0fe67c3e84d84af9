package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.prompts;
import static dev.freshet.model.generation.PublishedPolicy.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.transformer.MatrixFlavour;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GenerateTogetherTest {
    private static final long DEADLINE_SECONDS = 60;

    /** One token a chunk, so that there are many moments at which a newer version could be taken up. */
    private static final GenerationSettings ONE_TOKEN_A_CHUNK =
            settings(MatrixFlavour.FP32, 40, 1, SAMPLING, OnNewVersion.WHEN_IDLE);

    @Test
    void oneVersionSamplesAllGroupsHoweverManyArePublishedMeanwhile() throws Exception {
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG);
                DecoderGenerator generator = policy.startWithoutStop(ONE_TOKEN_A_CHUNK)) {
            List<CompletionStage<RolloutGroup>> asked = generator.generateTogether(prompts(10));
            long published = 0;
            while (!asked.get(9).toCompletableFuture().isDone()) {
                policy.publish(++published, 1 + published % 2);
            }
            assertThat(published).as("versions published meanwhile").isPositive();
            long first = versionOf(asked.get(0));
            for (CompletionStage<RolloutGroup> group : asked) {
                assertThat(versionOf(group)).isEqualTo(first);
            }
            policy.publish(++published, 1);
            assertThat(versionOf(generator.generateTogether(prompts(1)).get(0))).isEqualTo(published);
        }
    }

    /** Requires that it is one. */
    private static long versionOf(CompletionStage<RolloutGroup> group) throws Exception {
        List<Rollout> rollouts = group.toCompletableFuture()
                .get(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .rollouts();
        long version = rollouts.get(0).versions().get(0);
        assertThat(rollouts).allSatisfy(rollout -> {
            assertThat(rollout.versions().oldest().number()).isEqualTo(version);
            assertThat(rollout.versions().newest().number()).isEqualTo(version);
        });
        return version;
    }
}
