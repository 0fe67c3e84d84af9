package dev.freshet.actors;

import static dev.freshet.actors.TestActors.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.task.Verdict;
import dev.freshet.streams.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Want of memory, wherever it is found, reaches whoever ends the process. */
class OutOfMemoryWatchTest {
    private static final ActorTestKit kit = TestActors.create();

    private final List<Throwable> reported = new CopyOnWriteArrayList<>();
    private Thread.@Nullable UncaughtExceptionHandler before;

    @BeforeEach
    void listen() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
    }

    @AfterEach
    void listenNoMore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void aFailureThatItCausedIsReportedAlthoughTheActorRestarts() {
        ActorRef<String> actor = kit.spawn(Behaviors.supervise(OutOfMemoryWatch.around(String.class, failing()))
                .onFailure(RuntimeException.class, SupervisorStrategy.restart()));

        actor.tell("another failure");
        actor.tell("Cannot run program \"judge\": error=12, Cannot allocate memory");

        eventually(() -> reported.size() == 1, "it is reported");
        assertThat(reported.get(0))
                .hasRootCauseMessage("Cannot run program \"judge\": error=12, Cannot allocate memory");
    }

    @Test
    void aGeneratorWithoutMemoryIsReported() {
        TestProbe<Generator.Started> starts = kit.createTestProbe();
        TestProbe<Generator.Answer> answers = kit.createTestProbe();
        SteeredGenerator engine = SteeredGenerator.holdsAll();
        ActorRef<Generator.Command> generator = kit.spawn(OutOfMemoryWatch.around(
                Generator.Command.class, Generator.create("generator-0", () -> engine, starts.getRef())));
        generator.tell(new Generator.Generate(1, Samples.admitted(1), answers.getRef()));
        eventually(() -> engine.holds(1), "the engine was asked");

        engine.fail(new OutOfMemoryError("Cannot reserve 10 bytes of direct buffer memory"));

        eventually(() -> reported.size() == 1, "it is reported");
    }

    @Test
    void aVerifierWithoutMemoryIsReported() {
        GroupVerification verification = new GroupVerification(new LetterTask((prompt, answer) -> {
            if (answer.finishReason() == FinishReason.STOP) {
                throw new OutOfMemoryError("Java heap space");
            }
            return new Verdict.Reward(0);
        }));

        assertThat(verification.verify(Samples.group(1), () -> true)).isInstanceOf(Outcome.Dropped.class);

        assertThat(reported).singleElement().isInstanceOf(OutOfMemoryError.class);
    }

    private static Behavior<String> failing() {
        return Behaviors.receive(String.class)
                .onMessage(String.class, message -> {
                    throw new IllegalStateException(new IOException(message));
                })
                .build();
    }
}
