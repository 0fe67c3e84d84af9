package dev.freshet.streams;

import akka.actor.ActorSystem;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An actor system for the tests of one class. Whatever they wait for is late after ten seconds. */
final class TestSystem implements AfterAllCallback {
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final ActorSystem system;

    private TestSystem(String settings) {
        this.system =
                ActorSystem.create("test", ConfigFactory.parseString(settings).withFallback(ConfigFactory.load()));
    }

    static TestSystem create() {
        return new TestSystem("");
    }

    /** Streams run their events in random order, as far as their semantics allow. */
    static TestSystem fuzzing() {
        return new TestSystem("akka.stream.materializer.debug.fuzzing-mode = on");
    }

    RunningPipeline run(RolloutRun run) {
        return RolloutPipeline.of(run).run(system);
    }

    ActorSystem actorSystem() {
        return system;
    }

    static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    static void awaitUntil(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + DEADLINE + ": " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        TestKit.shutdownActorSystem(system);
    }
}
