package dev.freshet.streams;

import static dev.freshet.streams.TestSystem.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import akka.stream.javadsl.Sink;
import dev.freshet.model.rollout.AdmittedPrompt;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.RolloutGroup;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.streams.AnswerVerified.Result;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EvaluationPipelineTest {
    @RegisterExtension
    static final TestSystem SYSTEM = TestSystem.create();

    @Test
    void meansAreOverPrompts() throws Exception {
        EvaluationResult result = evaluate(prompts(3), new FourAnswers(), List.of(1, 2, 4));
        // Of four answers 1, 2 and 3 are correct.
        assertThat(result.prompts()).isEqualTo(3);
        assertThat(result.samples()).isEqualTo(4);
        assertThat(result.meanReward()).isCloseTo(0.5, within(1e-12));
        assertThat(result.passAtK()).containsOnlyKeys(1, 2, 4);
        assertThat(result.passAtK().get(1)).isCloseTo(0.5, within(1e-12));
        assertThat(result.passAtK().get(2)).isCloseTo((0.5 + 5.0 / 6 + 1) / 3, within(1e-12));
        assertThat(result.passAtK().get(4)).isCloseTo(1, within(1e-12));
        // All answers are of two token sequences by turns.
        assertThat(result.distinctCorrect()).isCloseTo((1 + 2 + 2) / 3.0, within(1e-12));
        assertThat(result.measures().unverified()).isEmpty();
    }

    @Test
    void promptsThatCannotBeAnsweredAreCountedApart() throws Exception {
        EvaluationResult result = evaluate(prompts(4), new FourAnswers(), List.of(1));
        assertThat(result.prompts()).isEqualTo(3);
        assertThat(result.unmeasured()).isEqualTo(1);
        assertThat(result.meanReward()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void anAnswerWithoutVerdictIsNotCorrectAndNoReward() throws Exception {
        EvaluationResult result = evaluate(prompts(5), new FourAnswers(), List.of(1));
        assertThat(result.prompts()).isEqualTo(4);
        // Of the fifth prompt's answers one is correct, one is not, and two have no verdict.
        assertThat(result.passAtK().get(1)).isCloseTo((1 + 2 + 3 + 1) / 16.0, within(1e-12));
        assertThat(result.meanReward()).isCloseTo(0.5, within(1e-12));
        assertThat(result.measures().unverified()).containsOnly(Map.entry("threw", 1), Map.entry("overdue", 1));
    }

    @Test
    void saysWhatTheAnswersAreLike() throws Exception {
        EvaluationMeasures measures =
                evaluate(prompts(3), new FourAnswers(), List.of(1)).measures();
        // Each token has the log-prob -1.
        assertThat(measures.entropy()).isCloseTo(1, within(1e-12));
        // Four answers of one token each, of two kinds: each has a copy, and none has two tokens.
        assertThat(measures.distinctNgrams()).containsOnly(Map.entry(1, 0.5));
        assertThat(measures.selfBleu()).isCloseTo(1, within(1e-12));
        assertThat(measures.divergences()).containsOnlyKeys("js");
        assertThat(measures.divergences().get("js")).isCloseTo((0 + 0.5 + 1) / 3, within(1e-12));
        assertThat(measures.changeSinceStart()).isNaN();
    }

    @Test
    void answersThatAllHaveVerdictsCanBeLearntFromAndNoOthers() throws Exception {
        List<Outcome<VerifiedGroup>> answers = await(EvaluationPipeline.answers(prompts(5), new FourAnswers(), 0.7, 2)
                .runWith(Sink.seq(), SYSTEM.actorSystem()));
        assertThat(answers).hasSize(5);
        assertThat(((Outcome.Passed<VerifiedGroup>) answers.get(1)).value().rewards())
                .containsExactly(1.0, 1.0, 0.0, 0.0);
        assertThat(answers.get(3)).isEqualTo(new Outcome.Dropped<>(3, DropReason.FAILED, "no generator"));
        assertThat(answers.get(4))
                .isEqualTo(new Outcome.Dropped<>(4, DropReason.UNSCORABLE, "2 of its 4 answers have no verdict"));
    }

    @Test
    void refusesToMeasureNothing() {
        assertThatThrownBy(() -> evaluate(prompts(0), new FourAnswers(), List.of(1)))
                .hasStackTraceContaining(
                        "an evaluation needs at least one prompt that can be measured, had 0 that could not");
    }

    @Test
    void refusesMoreTriesThanSamples() {
        assertThatThrownBy(() -> evaluate(prompts(1), new FourAnswers(), List.of(8)))
                .hasStackTraceContaining("k must be 1 to the number of samples 4, was 8");
    }

    private static EvaluationResult evaluate(List<Prompt> prompts, EvaluationPorts ports, List<Integer> ks)
            throws Exception {
        return await(EvaluationPipeline.of(prompts, ports, 0.7, 2, ks).run(SYSTEM.actorSystem()));
    }

    private static List<Prompt> prompts(int count) {
        return LongStream.range(0, count).mapToObj(Groups::prompt).toList();
    }

    /** Prompt n gets n + 1 correct answers of four; the fourth cannot be answered, and the fifth not be verified as a whole. */
    private static final class FourAnswers implements EvaluationPorts {
        @Override
        public CompletionStage<Outcome<RolloutGroup>> generate(AdmittedPrompt prompt) {
            RolloutGroup group = new RolloutGroup(
                    prompt,
                    IntStream.range(0, 4)
                            .mapToObj(i -> Groups.rollout(i % 2, PolicyVersion.INITIAL))
                            .toList());
            return CompletableFuture.completedFuture(
                    prompt.sequence() == 3
                            ? new Outcome.Dropped<>(3, DropReason.FAILED, "no generator")
                            : new Outcome.Passed<>(group));
        }

        @Override
        public CompletionStage<List<AnswerVerified>> verify(RolloutGroup group) {
            List<AnswerVerified> answers = IntStream.range(0, 4)
                    .mapToObj(i -> AnswerVerified.scored(i <= group.sequence() ? 1 : 0, 0.1))
                    .toList();
            return CompletableFuture.completedFuture(
                    group.sequence() == 4
                            ? List.of(
                                    AnswerVerified.scored(1, 0.1),
                                    AnswerVerified.failed(Result.THREW, 0.1),
                                    AnswerVerified.scored(0, 0.1),
                                    AnswerVerified.failed(Result.OVERDUE, 30))
                            : answers);
        }

        @Override
        public CompletionStage<Map<String, Double>> divergences(RolloutGroup group) {
            return CompletableFuture.completedFuture(Map.of("js", 0.5 * group.sequence()));
        }
    }
}
