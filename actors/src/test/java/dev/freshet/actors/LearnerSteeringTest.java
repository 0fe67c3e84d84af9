package dev.freshet.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.RunControl.ChangeMode;
import dev.freshet.actors.SteeredLearner.Step;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.learning.StepReport;
import dev.freshet.model.objective.RatioLevel;
import dev.freshet.model.objective.Rlvr;
import dev.freshet.model.objective.RlvrVariant;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.SettingChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What commands change, the next step has, whole; what they are refused, nothing has. */
class LearnerSteeringTest {
    private static final ActorTestKit kit = TestActors.create();
    private static final TestSteering STEERING = TestSteering.of("freshet.train.learning-rate-schedule = constant\n"
            + "freshet.train.learning-rate-warm-up-steps = 0\nfreshet.checkpoint.interval = 0");

    private final RecordedEvents events = new RecordedEvents();
    private final SteeredLearner learner = SteeredLearner.stepsOnCommand();
    private final ParametersInForce inForce = new ParametersInForce(STEERING.parameters());
    private final TestProbe<StatusReply<StepReport>> steps = kit.createTestProbe();
    private final TestProbe<StatusReply<ParameterChanged>> changes = kit.createTestProbe();
    private final TestProbe<StatusReply<ObjectiveSwitched>> switches = kit.createTestProbe();
    private final TestProbe<StatusReply<Learner.Snapshot>> snapshots = kit.createTestProbe();
    private final ActorRef<Learner.Command> actor = spawn();
    private long nextGroup;

    @AfterAll
    static void shutDown() {
        kit.shutdownTestKit();
    }

    @Test
    void aStepThatRunsKeepsTheOldValueAndTheNextHasTheNewOne() {
        learn();
        Step running = learner.nextStep();

        set(TestSteering.LEARNING_RATE, "2e-4", ChangeMode.CARRY_OUT);
        changes.expectNoMessage(Duration.ZERO);
        assertThat(running.settings().learningRate().peak()).isEqualTo(1e-3);
        running.end();

        ParameterChanged expected = new ParameterChanged(
                TestSteering.LEARNING_RATE, "1e-3", "2e-4", new PolicyVersion(2), ChangeOrigin.COMMAND);
        assertThat(steps.receiveMessage().getValue().learningRate()).isEqualTo(1e-3);
        assertThat(changes.receiveMessage().getValue()).isEqualTo(expected);
        assertThat(events.of(ParameterChanged.class)).containsExactly(expected);
        learn();
        learner.nextStep().end();
        assertThat(steps.receiveMessage().getValue().learningRate()).isEqualTo(2e-4);
    }

    /** Commands arrive at random moments; what an answer promised must be what the steps then were taken with. */
    @Test
    void everyStepHasWhatTheAnswersPromised() {
        Random random = new Random(12);
        List<Step> taken = new ArrayList<>();
        int changed = 0;
        for (int step = 0; step < 200; step++) {
            changed += setAtRandom(random);
            learn();
            Step running = learner.nextStep();
            changed += setAtRandom(random);
            running.end();
            taken.add(running);
            assertThat(steps.receiveMessage().isSuccess()).isTrue();
        }
        List<ParameterChanged> answers = new ArrayList<>();
        for (int i = 0; i < changed; i++) {
            answers.add(changes.receiveMessage().getValue());
        }

        assertThat(answers).hasSizeGreaterThan(100).isEqualTo(events.of(ParameterChanged.class));
        for (int i = 0; i < taken.size(); i++) {
            PolicyVersion version = new PolicyVersion(i + 1);
            Step step = taken.get(i);
            assertThat(step.settings().learningRate().peak())
                    .isEqualTo(promised(answers, TestSteering.LEARNING_RATE, version, 1e-3));
            assertThat(((Rlvr) step.objective()).settings().clipLow())
                    .isEqualTo(promised(answers, TestSteering.CLIP_LOW, version, 0.2));
            assertThat(step.objective().regularisation().coefficient())
                    .isEqualTo(promised(answers, RunParameters.COEFFICIENT, version, 0.1));
        }
    }

    private int setAtRandom(Random random) {
        List<String> keys = List.of(TestSteering.LEARNING_RATE, TestSteering.CLIP_LOW, RunParameters.COEFFICIENT);
        int times = random.nextInt(3);
        for (int i = 0; i < times; i++) {
            set(
                    keys.get(random.nextInt(keys.size())),
                    Double.toString(0.01 + 0.9 * random.nextDouble()),
                    ChangeMode.CARRY_OUT);
        }
        return times;
    }

    private static double promised(List<ParameterChanged> answers, String key, PolicyVersion version, double first) {
        return answers.stream()
                .filter(answer -> answer.key().equals(key))
                .filter(answer -> answer.firstVersion().compareTo(version) <= 0)
                .reduce((earlier, later) -> later)
                .map(answer -> Double.parseDouble(answer.toValue()))
                .orElse(first);
    }

    @Test
    void aDryRunTellsAndChangesNothing() {
        RunParameters before = inForce.get();

        set(TestSteering.LEARNING_RATE, "2e-4", ChangeMode.DRY_RUN);
        switchObjective("grpo", Map.of(TestSteering.CLIP_LOW, "0.1"), ChangeMode.DRY_RUN);
        TestProbe<StatusReply<PipelineEvent.DivergenceSwitched>> divergences = kit.createTestProbe();
        actor.tell(new Learner.Steer<>(
                new DivergenceChange("js", OptionalDouble.empty()), ChangeMode.DRY_RUN, divergences.getRef()));

        assertThat(changes.receiveMessage().getValue().toValue()).isEqualTo("2e-4");
        assertThat(switches.receiveMessage().getValue().changes())
                .containsExactly(new SettingChange(TestSteering.CLIP_LOW, "0.2", "0.1"));
        assertThat(divergences.receiveMessage().getValue().toSpec()).isEqualTo("js");
        assertThat(inForce.get()).isSameAs(before);
        assertThat(events.of(PipelineEvent.class)).isEmpty();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        "freshet.train.seed",
                        "2",
                        "setting freshet.train.seed cannot change while a run goes on; those that can are"
                                + " freshet.train.learning-rate, "),
                Arguments.of("freshet.no", "2", "setting freshet.no cannot change while a run goes on; those that can"),
                Arguments.of(
                        TestSteering.LEARNING_RATE,
                        "-1",
                        "learning-rate must be finite and above 0, was -1.0 (freshet.train.learning-rate)"),
                Arguments.of(
                        TestSteering.CLIP_LOW,
                        "2",
                        "clip-low must be above 0 and at most 1, was 2.0 (freshet.rlvr.clip-low)"),
                Arguments.of(
                        TestSteering.MAX_STALENESS,
                        "0",
                        "max-staleness must be at least the staleness bound of this run's stages, "),
                Arguments.of(
                        RunParameters.COEFFICIENT,
                        "-0.1",
                        "divergence coefficient must be finite and at least 0, was -0.1"
                                + " (freshet.divergence-coefficient)"),
                Arguments.of(
                        TestSteering.LEARNING_RATE,
                        "1".repeat(201),
                        "the value of freshet.train.learning-rate must have at most 200 characters, had 201"),
                Arguments.of("k".repeat(201), "1", "a key must have at most 200 characters, had 201"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatIsRefusedChangesNothing(String key, String value, String refusal) {
        RunParameters before = inForce.get();

        set(key, value, ChangeMode.CARRY_OUT);
        set(key, value, ChangeMode.DRY_RUN);

        for (int i = 0; i < 2; i++) {
            RefusedException refused =
                    (RefusedException) changes.receiveMessage().getError();
            assertThat(refused).hasMessageStartingWith(refusal);
            assertThat(refused.kind()).isEqualTo(Kind.INVALID_ARGUMENT);
        }
        assertThat(inForce.get()).isSameAs(before);
        assertThat(events.of(PipelineEvent.class)).isEmpty();
    }

    @Test
    void aChangeThatThrowsWhatNoRuleForesawChangesNothingEither() {
        RunParameters before = inForce.get();

        actor.tell(new Learner.Steer<>(new Unforeseen(), ChangeMode.CARRY_OUT, changes.getRef()));

        assertThat(changes.receiveMessage().getError()).hasMessage("Overflow");
        assertThat(inForce.get()).isSameAs(before);
        learn();
        learner.nextStep().end();
        assertThat(steps.receiveMessage().isSuccess()).isTrue();
    }

    private record Unforeseen() implements RunChange<ParameterChanged> {
        @Override
        public RunParameters applyTo(RunParameters now, Steering steering, boolean hasReference) {
            throw new ArithmeticException("Overflow");
        }

        @Override
        public ParameterChanged event(RunParameters before, RunParameters after, PolicyVersion version) {
            throw new AssertionError("nothing has changed");
        }
    }

    @Test
    void anObjectiveIsSwitchedWithItsSettings() {
        switchObjective(
                "grpo",
                Map.of("freshet.rlvr.aggregation", "dr-grpo", TestSteering.CLIP_LOW, "0.1"),
                ChangeMode.CARRY_OUT);

        ObjectiveSwitched expected = new ObjectiveSwitched(
                "grpo",
                "grpo",
                List.of(
                        new SettingChange("freshet.rlvr.aggregation", "auto", "dr-grpo"),
                        new SettingChange(TestSteering.CLIP_LOW, "0.2", "0.1")),
                new PolicyVersion(1),
                ChangeOrigin.COMMAND);
        assertThat(switches.receiveMessage().getValue()).isEqualTo(expected);
        assertThat(events.of(ObjectiveSwitched.class)).containsExactly(expected);
        learn();
        Rlvr used = (Rlvr) learner.nextStep().objective();
        assertThat(used.settings().clipLow()).isEqualTo(0.1);
        assertThat(used.settings().aggregation().spec()).isEqualTo("dr-grpo");
    }

    @Test
    void aSwitchToAnotherMethodOfTheFamilyTakesWhatIsWrittenAlong() {
        switchObjective("gspo", Map.of("freshet.rlvr.clip-high", "0.01"), ChangeMode.CARRY_OUT);
        switchObjective("dapo", Map.of("freshet.rlvr.clip-high", "auto"), ChangeMode.DRY_RUN);

        assertThat(switches.receiveMessage().getValue())
                .isEqualTo(new ObjectiveSwitched(
                        "grpo",
                        "gspo",
                        List.of(new SettingChange("freshet.rlvr.clip-high", "auto", "0.01")),
                        new PolicyVersion(1),
                        ChangeOrigin.COMMAND));
        assertThat(switches.receiveMessage().getValue().toName()).isEqualTo("dapo");
        learn();
        Rlvr used = (Rlvr) learner.nextStep().objective();
        assertThat(used.variant()).isEqualTo(RlvrVariant.GSPO);
        assertThat(used.settings().clipLow()).isEqualTo(0.2);
        assertThat(used.settings().clipHigh()).isEqualTo(0.01);
        assertThat(used.settings().ratio()).isEqualTo(RatioLevel.SEQUENCE);
    }

    @Test
    void anUnknownObjectiveAndAForeignSettingAreRefused() {
        RunParameters before = inForce.get();

        switchObjective("ppo", Map.of(), ChangeMode.CARRY_OUT);
        switchObjective("grpo", Map.of(TestSteering.LEARNING_RATE, "1e-4"), ChangeMode.CARRY_OUT);
        switchObjective("grpo", Map.of(TestSteering.CLIP_LOW, "-1"), ChangeMode.CARRY_OUT);

        assertThat(switches.receiveMessage().getError())
                .hasMessageStartingWith("there is no objective ppo; those that there are: grpo, dr-grpo, dapo, rloo,"
                        + " reinforce-plus-plus, gspo, cispo, fdpg");
        assertThat(switches.receiveMessage().getError())
                .hasMessageStartingWith("setting freshet.train.learning-rate is none of objective grpo, whose settings"
                        + " are freshet.rlvr.advantage, freshet.rlvr.aggregation, ");
        assertThat(switches.receiveMessage().getError())
                .hasMessage("clip-low must be above 0 and at most 1, was -1.0 (freshet.rlvr.clip-low)");
        assertThat(inForce.get()).isSameAs(before);
        assertThat(events.of(PipelineEvent.class)).isEmpty();
    }

    @Test
    void anObjectiveWhoseReferenceIsMissingIsNotOffered() {
        RunParameters withPenalty = Samples.parameters("js", 0.1, "");
        ObjectiveChange change = new ObjectiveChange("grpo", Map.of());

        assertThat(change.offer(withPenalty, STEERING, true).unavailable()).isEmpty();
        assertThat(change.offer(withPenalty, STEERING, false).unavailable())
                .contains("divergence js needs reference log-probs, and this run has no reference"
                        + " (freshet.reference = off): only a new run can have one");
    }

    /** Rehearsal does without one. */
    @Test
    void aParameterThatWantsTheReferenceIsRefusedWhereThereIsNone() {
        TestSteering rehearsing = TestSteering.of(
                "freshet { divergence = forward-kl, divergence-estimator = rehearsal, rehearsal.from = set }");
        RunParameters now = rehearsing.parameters();
        ParameterChange change = new ParameterChange(TestSteering.ESTIMATOR, "sampled");

        assertThat(now.objective().needsReference()).isFalse();
        assertThat(change.applyTo(now, rehearsing, true).objective().needsReference())
                .isTrue();
        assertThatThrownBy(() -> change.applyTo(now, rehearsing, false))
                .isInstanceOf(RefusedException.class)
                .hasMessage("divergence forward-kl needs reference log-probs, and this run has no reference"
                        + " (freshet.reference = off): only a new run can have one");
        assertThat(new ParameterChange(TestSteering.CLIP_LOW, "0.1")
                        .applyTo(now, rehearsing, false)
                        .texts())
                .containsEntry(TestSteering.CLIP_LOW, "0.1");
    }

    /** What is sampled next is sampled from the version that there is, not from the one that the next step makes. */
    @Test
    void aTemperatureHoldsFromTheNewestVersionOn() {
        learn();
        learner.nextStep().end();
        assertThat(steps.receiveMessage().isSuccess()).isTrue();

        set(TestSteering.TEMPERATURE, "0.5", ChangeMode.CARRY_OUT);

        assertThat(changes.receiveMessage().getValue().firstVersion()).isEqualTo(new PolicyVersion(1));
        assertThat(inForce.get().temperature()).isEqualTo(0.5);
    }

    @Test
    void aCheckpointHasWhatIsInForceAndGivesItBack() {
        set(TestSteering.LEARNING_RATE, "2e-4", ChangeMode.CARRY_OUT);
        set(RunParameters.COEFFICIENT, "0.3", ChangeMode.CARRY_OUT);
        actor.tell(new Learner.TakeSnapshot(snapshots.getRef()));
        TrainingState state = snapshots.receiveMessage().getValue().state();
        RunParameters then = inForce.get();
        set(TestSteering.LEARNING_RATE, "5e-4", ChangeMode.CARRY_OUT);
        set(TestSteering.CLIP_LOW, "0.1", ChangeMode.CARRY_OUT);
        changes.receiveSeveralMessages(4);

        assertThat(state.parameters().inForce()).containsEntry(TestSteering.LEARNING_RATE, "2e-4");
        assertThat(state.parameters().configured()).containsEntry(TestSteering.LEARNING_RATE, "1e-3");
        assertThat(state.divergenceCoefficient()).isEqualTo(0.3);
        assertThat(inForce.get()).isNotEqualTo(then);
        assertThat(STEERING.inForceIn(state, inForce.get())).isEqualTo(then);
    }

    @Test
    void aCheckpointIntervalHoldsFromTheNextStep() {
        actor.tell(new Learner.TakeSnapshotWhenDue(
                Learner.Due.BY_NUMBER, PolicyVersion.INITIAL, new PolicyVersion(100), snapshots.getRef()));
        for (int i = 0; i < 3; i++) {
            learn();
            learner.nextStep().end();
        }
        snapshots.expectNoMessage(Duration.ZERO);

        set("freshet.checkpoint.interval", "2", ChangeMode.CARRY_OUT);
        learn();
        learner.nextStep().end();

        assertThat(snapshots.receiveMessage().getValue().state().version()).isEqualTo(new PolicyVersion(4));
    }

    private ActorRef<Learner.Command> spawn() {
        return kit.spawn(Learner.create(Samples.collaborators(
                learner,
                true,
                STEERING,
                inForce,
                event -> {
                    if (!(event instanceof PipelineEvent.RolloutsSampled)) {
                        events.accept(event);
                    }
                },
                kit.<Learner.Notice>createTestProbe().getRef())));
    }

    private void learn() {
        actor.tell(new Learner.Learn(Samples.toLearn(nextGroup++, 1), steps.getRef()));
    }

    private void set(String key, String value, ChangeMode mode) {
        actor.tell(new Learner.Steer<>(new ParameterChange(key, value), mode, changes.getRef()));
    }

    private void switchObjective(String name, Map<String, String> settings, ChangeMode mode) {
        actor.tell(new Learner.Steer<>(new ObjectiveChange(name, settings), mode, switches.getRef()));
    }
}
