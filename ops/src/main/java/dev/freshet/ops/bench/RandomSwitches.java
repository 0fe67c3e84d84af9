package dev.freshet.ops.bench;

import dev.freshet.ops.control.ControlClient;
import dev.freshet.ops.control.ControlException;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Switches a run's divergence again and again, on a thread of its own, and remembers what was answered. A run that does not answer
 * is starting, ending or dead, which is somebody else's to judge.
 */
final class RandomSwitches {
    private static final List<String> SPECS = List.of("js", "reverse-kl", "forward-kl", "tv", "none");
    private static final long LONGEST_REST_NANOS = Duration.ofMillis(150).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TrainProcess process;
    private final SplittableRandom random;
    private final List<DivergenceSwitched> answered = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::steer, "random-switches");
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    private RandomSwitches(TrainProcess process, SplittableRandom random) {
        this.process = process;
        this.random = random;
    }

    static RandomSwitches of(TrainProcess process, SplittableRandom random) {
        RandomSwitches switches = new RandomSwitches(process, random);
        switches.thread.setDaemon(true);
        switches.thread.start();
        return switches;
    }

    /** What the run said was in force, in the order of its answers. */
    List<DivergenceSwitched> answered() {
        return List.copyOf(answered);
    }

    /**
     * Waits for the answer to the switch that is under way; the process is dead or about to end.
     *
     * @throws IllegalStateException if the switches broke off otherwise
     */
    void end() throws InterruptedException {
        ended = true;
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive() || failure != null) {
            throw new IllegalStateException("the switches of the divergence broke off, or hang", failure);
        }
    }

    private void steer() {
        try (ControlClient client = new ControlClient(process.control(PATIENCE))) {
            while (!ended && process.isAlive()) {
                switchOnce(client);
                LockSupport.parkNanos(random.nextLong(LONGEST_REST_NANOS));
            }
        } catch (IOException endedEarly) {
            // Killed before it listened.
        } catch (RuntimeException unexpected) {
            failure = unexpected;
        }
    }

    private void switchOnce(ControlClient client) {
        String spec = SPECS.get(random.nextInt(SPECS.size()));
        double coefficient = random.nextInt(1, 20) / 100.0;
        try {
            answered.add(client.switchDivergence(spec, OptionalDouble.of(coefficient)));
        } catch (ControlException refused) {
            // Not answered, and so not promised.
        }
    }
}
