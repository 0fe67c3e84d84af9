package dev.freshet.actors;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Actor systems for tests, set up as a run's own is. */
final class TestActors {
    static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_NANOS = 50_000;

    private TestActors() {}

    static ActorTestKit create() {
        return ActorTestKit.create(config());
    }

    /** Time stands still but for what {@code ManualTime.get(kit.system())} lets pass. */
    static ActorTestKit withManualTime() {
        return ActorTestKit.create(ManualTime.config().withFallback(config()));
    }

    private static Config config() {
        return ConfigFactory.parseResources("freshet-akka.conf").withFallback(ConfigFactory.load());
    }

    /** Looks again and again, for what no probe can be told of. */
    static void eventually(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + DEADLINE + ": " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS); // Leaves the CPUs to those who are waited for.
        }
    }
}
