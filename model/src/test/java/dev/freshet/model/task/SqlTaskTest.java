package dev.freshet.model.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.task.Verdict.Reward;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTaskTest {
    private static final SqlSettings SETTINGS = new SqlSettings(40, 7, 0.7, 100_000, Duration.ofSeconds(60));
    private static final SqlTask TASK = new SqlTask(SETTINGS, 1);
    private static final Prompt HOW_MANY =
            new Prompt("how many", Tokens.of(1), "select count(*) from items where kind='toys' and price>40");
    private static final Prompt NAMES =
            new Prompt("names", Tokens.of(1), "select name from items where kind='toys' and price>40");

    @Test
    void everyWayToSayItIsRightAndTheMisreadOneIsMostlyWrong() {
        int misreadRight = 0;
        for (int number = 0; number < SqlQuestion.COUNT; number += 7) {
            SqlQuestion question = SqlQuestion.at(number);
            Prompt prompt = new Prompt(question.text(), Tokens.of(1), question.statement());
            for (String statement : question.statements()) {
                assertThat(verdict(prompt, statement)).as(statement).isEqualTo(Reward.RIGHT);
            }
            misreadRight += verdict(prompt, question.misread().statement()).equals(Reward.RIGHT) ? 1 : 0;
        }
        assertThat(misreadRight).isLessThan(SqlQuestion.COUNT / 7 / 5);
    }

    @Test
    void aStatementIsJudgedByWhatItSelectsAlone() {
        assertThat(verdict(HOW_MANY, "select sum(1) from items where price>=41 and kind like 'toy%'"))
                .isEqualTo(Reward.RIGHT);
        assertThat(verdict(HOW_MANY, " SELECT count(*)+0.0 FROM items WHERE kind='toys' AND price>40"))
                .isEqualTo(Reward.RIGHT);
        assertThat(verdict(
                        HOW_MANY,
                        "with x as (select * from items where kind='toys') select count(*) from x where price>40"))
                .isEqualTo(Reward.RIGHT);
        assertThat(verdict(NAMES, "select name from items where kind='toys' and price>40 order by stock desc"))
                .isEqualTo(Reward.RIGHT);
        assertThat(verdict(NAMES, "select name, name from items where kind='toys' and price>40"))
                .isEqualTo(Reward.WRONG);
        assertThat(verdict(NAMES, "select name from items where kind='toys' and price>40 limit 1"))
                .isEqualTo(Reward.WRONG);
        assertThat(verdict(NAMES, "select a.name from items a, items b where a.kind='toys' and a.price>40"))
                .isEqualTo(Reward.WRONG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "selec count(*) from items",
                "select count(*) from nothing",
                "delete from items",
                "with x as (select 1) delete from items",
                "drop table items",
                "insert into items values ('x', 'toys', 50, 1)",
                "pragma query_only = off",
                "select load_extension('x')",
                "select zeroblob(1000000000)",
            })
    void whatIsNotASelectionThatSqliteTakesIsWrong(String statement) {
        assertThat(verdict(HOW_MANY, statement)).isEqualTo(Reward.WRONG);
        assertThat(verdict(HOW_MANY, HOW_MANY.groundTruth())).isEqualTo(Reward.RIGHT);
    }

    @Test
    void noFileIsTouched(@TempDir Path folder) {
        Path file = folder.resolve("other.db");
        assertThat(verdict(HOW_MANY, "attach '" + file + "' as other")).isEqualTo(Reward.WRONG);
        assertThat(verdict(HOW_MANY, "select 1; attach '" + file + "' as other"))
                .isEqualTo(Reward.WRONG);
        assertThat(verdict(HOW_MANY, "vacuum into '" + file + "'")).isEqualTo(Reward.WRONG);
        assertThat(file).doesNotExist();
    }

    @Test
    void aStatementWithoutEndIsCutOffByCountAndElseByTheClock() {
        String endless = "with recursive n(i) as (select 1 union all select i+1 from n) select count(*) from n";
        assertThat(verdict(HOW_MANY, endless)).isEqualTo(Reward.WRONG);
        SqlVerifier patient = new SqlVerifier(SqlTable.of(40, 7), Integer.MAX_VALUE, Duration.ofMillis(20));
        assertThat(patient.verify(HOW_MANY, new Answer(endless, FinishReason.STOP)))
                .isInstanceOfSatisfying(
                        Verdict.Unscorable.class,
                        unscorable -> assertThat(unscorable.reason())
                                .startsWith("the statement was not through within 20 ms (freshet.task.sql.deadline)"));
    }

    @Test
    void aGroundTruthThatIsNoStatementIsAMistake() {
        Prompt broken = new Prompt("x", Tokens.of(1), "forty");
        assertThatThrownBy(() -> verdict(broken, "select 1"))
                .hasMessageContaining("the ground truth must be a statement");
    }

    @Test
    void anAnswerThatWasCutOffIsWrong() {
        assertThat(TASK.verifier().verify(HOW_MANY, new Answer(HOW_MANY.groundTruth(), FinishReason.LENGTH)))
                .isEqualTo(Reward.WRONG);
    }

    @Test
    void trainingAndHeldOutQuestionsAreApartAndAllAreAsked() {
        Set<String> heldOut = new HashSet<>();
        TASK.heldOut().forEach(prompt -> heldOut.add(prompt.text()));
        Set<String> trained = new HashSet<>();
        int trainable = SqlQuestion.COUNT - heldOut.size();
        IntStream.range(0, trainable)
                .forEach(i -> trained.add(TASK.trainingPrompt(i).text()));
        assertThat(trained).hasSize(trainable).doesNotContainAnyElementsOf(heldOut);
        assertThat(heldOut).hasSizeBetween(SqlQuestion.COUNT / 6, SqlQuestion.COUNT / 4);
        assertThat(TASK.trainingPrompt(5)).isEqualTo(new SqlTask(SETTINGS, 1).trainingPrompt(5));
    }

    @Test
    void theTeacherIsRightAsOftenAsIsSet() {
        List<Demonstration> lessons = IntStream.range(0, 1000)
                .mapToObj(TASK.demonstrations().orElseThrow()::get)
                .toList();
        long right = lessons.stream()
                .filter(lesson -> {
                    int[] tokens = lesson.completion().toArray();
                    String text = TASK.tokenizer().decode(Tokens.of(Arrays.copyOf(tokens, tokens.length - 1)));
                    return verdict(lesson.prompt(), text).equals(Reward.RIGHT);
                })
                .count();
        // 0.7 and what is right by chance; four standard deviations are 58.
        assertThat(right).isBetween(640L, 850L);
        assertThat(lessons)
                .allSatisfy(lesson -> assertThat(lesson.completion().size()).isLessThanOrEqualTo(64));
    }

    private static Verdict verdict(Prompt prompt, String statement) {
        return TASK.verifier().verify(prompt, new Answer(statement, FinishReason.STOP));
    }
}
