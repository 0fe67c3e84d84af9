package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.rollout.Prompt;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExplorationTaskTest {
    private final Task countdown = new CountdownTask(new CountdownSettings(30, 0.3), 1);
    private final List<Prompt> chosen =
            LongStream.range(0, 5).mapToObj(countdown::trainingPrompt).toList();

    @Test
    void asksTheChosenPromptsAloneEachOnceAnEpoch() {
        Task exploration = new ExplorationTask(countdown, chosen, 3);
        assertThat(LongStream.range(0, 5).mapToObj(exploration::trainingPrompt))
                .containsExactlyInAnyOrderElementsOf(chosen);
        assertThat(LongStream.range(5, 10).mapToObj(exploration::trainingPrompt))
                .containsExactlyInAnyOrderElementsOf(chosen);
        assertThat(exploration.trainingPrompt(7))
                .isEqualTo(new ExplorationTask(countdown, chosen, 3).trainingPrompt(7));
    }

    @Test
    void allElseIsTheTasks() {
        Task exploration = new ExplorationTask(countdown, chosen, 3);
        assertThat(exploration.name()).isEqualTo("countdown");
        assertThat(exploration.heldOut()).isEqualTo(countdown.heldOut());
        assertThat(exploration.suites())
                .extracting(EvaluationSuite::name)
                .containsExactly("held_out", "far", "addition");
        assertThat(exploration.verifier()).isEqualTo(countdown.verifier());
        assertThat(exploration.tokenizer()).isSameAs(countdown.tokenizer());
    }

    @Test
    void withoutAPromptThereIsNothingToExplore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExplorationTask(countdown, List.of(), 3))
                .withMessageContaining("(freshet.rehearsal.prompts = all trains on all prompts of the task");
    }
}
