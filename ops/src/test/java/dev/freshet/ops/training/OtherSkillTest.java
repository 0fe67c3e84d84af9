package dev.freshet.ops.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherSkillTest {
    @TempDir
    Path folder;

    @Test
    void anyTaskHasASuiteOfProblemsFromAFile() throws IOException {
        RunConfiguration configuration = configured("""
                {"prompt": "1+1=", "ground_truth": "2"}
                {"prompt": "2+2=", "ground_truth": "4"}
                """);
        Task skill = OtherSkill.task(configuration).orElseThrow();
        assertThat(skill.heldOut()).extracting(Prompt::text).containsExactlyInAnyOrder("1+1=", "2+2=");
        assertThat(skill.tokenizer()).isSameAs(configuration.task().tokenizer());
        assertThat(EvaluationSuites.of(EvaluationScope.of(configuration)).ofTheRun())
                .extracting(HeldOutEvaluation::suite)
                .containsExactly("held_out", "other_skill");
    }

    @Test
    void withoutAFileThereIsNone() {
        assertThat(OtherSkill.task(WrittenRun.configuration())).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WrittenRun.configuration("freshet.evaluation.suites=[other_skill]"))
                .withMessageStartingWith("suites must be of those that task arithmetic has, held_out;");
    }

    @Test
    void whatCannotBeAskedIsRefusedByFileAndLineBeforeTheRunStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> configured("{\"prompt\": \"1+1=\", \"ground_truth\": \"2\"}\n{\"prompt\": \"1+1=\"}\n"))
                .withMessageStartingWith("other-skill must be a file of problems with prompt and ground_truth"
                        + " (freshet.evaluation.other-skill): ")
                .withMessageContaining("skill.jsonl:2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configured("{\"prompt\": \"1+1+1+1+1+1+1+1+1=\", \"ground_truth\": \"9\"}\n"))
                .withMessageContaining("skill.jsonl:1");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        WrittenRun.configuration("freshet.evaluation.other-skill=" + folder.resolve("missing.jsonl")))
                .withMessageContaining("missing.jsonl");
    }

    private RunConfiguration configured(String problems) throws IOException {
        Path file = Files.writeString(folder.resolve("skill.jsonl"), problems);
        return WrittenRun.configuration(
                "freshet.evaluation.other-skill=" + file, "freshet.evaluation.suites=[other_skill]");
    }
}
