package dev.freshet.model.generation;

import static dev.freshet.model.generation.PublishedPolicy.CONFIG;
import static dev.freshet.model.generation.PublishedPolicy.SAMPLING;
import static dev.freshet.model.generation.PublishedPolicy.SEED;
import static dev.freshet.model.generation.PublishedPolicy.STOP;
import static dev.freshet.model.generation.PublishedPolicy.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.engine.ArrayKind;
import dev.freshet.model.engine.ComputeDevice;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.transformer.DecoderWeights;
import dev.freshet.model.transformer.MatrixFlavour;
import dev.freshet.model.weights.WeightRegistry;
import dev.freshet.model.weights.WeightSource;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeasedVersionTest {
    @Test
    void whoSamplesFromALeasedVersionAloneGetsItHoweverManyCameAfterIt() {
        GenerationSettings settings = settings(MatrixFlavour.PLAIN, 4, 3, SAMPLING, OnNewVersion.KEEP);
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG)) {
            policy.publish(1, 1);
            WeightSource alone;
            try (WeightRegistry.Lease lease = policy.registry().leaseNewest()) {
                alone = lease.alone();
                for (int version = 2; version < 6; version++) {
                    policy.publish(version, 1 + version % 2);
                }
                try (DecoderGenerator generator =
                        DecoderGenerator.start("alone", CONFIG, settings, Set.of(STOP), SEED, alone)) {
                    assertThat(generator.version()).isEqualTo(new PolicyVersion(1));
                    assertThat(alone.newest()).contains(new PolicyVersion(1));
                }
            }
            assertThatThrownBy(alone::leaseNewest).hasMessage("a lease must not be used after it was given back");
        }
    }

    @Test
    void aLeaseOfAProposalAloneIsStillOfItsWeightsUnderTheNewestNumber() {
        try (PublishedPolicy policy = new PublishedPolicy(CONFIG)) {
            policy.publish(3, 1);
            policy.registry().propose(DecoderWeights.zeros(CONFIG, ComputeDevice.CPU, ArrayKind.PUBLISHED));
            try (WeightRegistry.Lease held = policy.registry().proposals().leaseNewest();
                    WeightRegistry.Lease again = held.alone().leaseNewest();
                    WeightRegistry.Lease newest = policy.registry().leaseNewest()) {
                assertThat(again.version()).isEqualTo(new PolicyVersion(3));
                assertThat(again.weights()).isSameAs(held.weights()).isNotSameAs(newest.weights());
            }
        }
    }
}
