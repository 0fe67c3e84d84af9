package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.StepReport;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A coefficient that changes from step to step is in force like any other, and so in checkpoints. */
class ControlledCoefficientTest {
    private static final ActorTestKit kit = TestActors.create();
    private static final TestSteering STEERING =
            TestSteering.of("freshet.divergence-control { kind = linear, final-coefficient = 0.5, until-version = 5 }\n"
                    + "freshet.checkpoint.interval = 0");

    private final SteeredLearner learner = SteeredLearner.stepsOnCommand();
    private final ParametersInForce inForce = new ParametersInForce(STEERING.parameters());
    private final TestProbe<StatusReply<StepReport>> steps = kit.createTestProbe();
    private final ActorRef<Learner.Command> actor = spawn();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void eachStepHasTheNextOne() {
        List<Double> coefficients = new ArrayList<>();
        for (int step = 0; step < 7; step++) {
            coefficients.add(learn().coefficient());
        }
        List<Double> expected = List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5);
        for (int step = 0; step < expected.size(); step++) {
            assertThat(coefficients.get(step)).isCloseTo(expected.get(step), within(1e-15));
        }
    }

    @Test
    void aCheckpointHasTheNextStepsAndGivesItBackExactly() {
        for (int step = 0; step < 2; step++) {
            learn();
        }
        TestProbe<StatusReply<Learner.Snapshot>> snapshots = kit.createTestProbe();
        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));
        TrainingState state = snapshots.receiveMessage().getValue().state();
        RunParameters then = inForce.get();
        double third = learn().coefficient();

        assertThat(state.divergenceCoefficient()).isEqualTo(third);
        assertThat(STEERING.inForceIn(state, STEERING.parameters())).isEqualTo(then);
    }

    @Test
    void aSwitchSetsWhereItGoesOnFrom() {
        learn();
        TestProbe<StatusReply<DivergenceSwitched>> switched = kit.createTestProbe();
        actor.tell(new Learner.Steer<>(
                new DivergenceChange("js", OptionalDouble.of(0.8)), ChangeMode.CARRY_OUT, switched.getRef()));
        assertThat(switched.receiveMessage().getValue().toCoefficient()).isEqualTo(0.8);

        assertThat(learn().coefficient()).isEqualTo(0.8);
        assertThat(learn().coefficient()).isCloseTo(0.7, within(1e-15));
    }

    private StepReport learn() {
        actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));
        learner.nextStep().end();
        return steps.receiveMessage().getValue();
    }

    private ActorRef<Learner.Command> spawn() {
        return kit.spawn(Learner.create(Samples.collaborators(
                learner,
                true,
                STEERING,
                inForce,
                event -> {},
                kit.<Learner.Notice>createTestProbe().getRef())));
    }
}
