package dev.freshet.ops.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.FinishReason;
import dev.freshet.model.rollout.Prompt;
import dev.freshet.model.rollout.Rollout;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.rollout.VerifiedGroup;
import dev.freshet.model.task.KeyedRandom;
import dev.freshet.model.task.KeyedRandom.Purpose;
import dev.freshet.model.task.LetterBehaviour;
import dev.freshet.model.task.LettersTask;
import dev.freshet.model.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Files of demonstrations and preferences for {@link LettersTask}, as {@code freshet.dataset.path} reads them. */
final class LetterData {
    /** A demonstrator who mostly does something else than what is rewarded, and slips: as with data of real demonstrators. */
    private static final double SORTED = 0.35;

    private static final double NOISE = 0.1;

    /** Prompts of preferences are apart from those of demonstrations. */
    private static final long FIRST_PREFERENCE = 1_000_000;

    /** Apart from the draws of the base's warm-up. */
    private static final long SEED_MASK = 0x64656d6fL;

    private static final JsonMapper JSON = new JsonMapper();

    private LetterData() {}

    static Path demonstrations(Path file, Task task, long seed) throws IOException {
        List<String> lines = new ArrayList<>();
        for (long index = 0; index < SftDpoRecipe.DEMONSTRATIONS; index++) {
            Prompt prompt = task.trainingPrompt(index);
            KeyedRandom random = KeyedRandom.at(seed ^ SEED_MASK, Purpose.DEMONSTRATION, index);
            LetterBehaviour behaviour = random.chance(SORTED) ? LetterBehaviour.SORT : LetterBehaviour.REVERSE;
            String completion = behaviour.of(LettersTask.letters(prompt), NOISE, random);
            lines.add(line(Map.of("prompt", prompt.text(), "completion", completion)));
        }
        return Files.write(file, lines);
    }

    /**
     * Pairs of a policy's own answers, labelled by their rewards; ties are left out.
     *
     * @param pairs that are sampled
     */
    static Path preferences(Path file, CheckpointedPolicy policy, int pairs, long seed) throws Exception {
        List<Prompt> prompts = LongStream.range(FIRST_PREFERENCE, FIRST_PREFERENCE + pairs)
                .mapToObj(policy.task()::trainingPrompt)
                .toList();
        List<String> lines = new ArrayList<>();
        for (VerifiedGroup pair :
                policy.answers(prompts, 2, 1, seed ^ SEED_MASK).groups()) {
            double gap = pair.rewards().get(0) - pair.rewards().get(1);
            if (gap != 0) {
                String first = text(policy.task(), pair.group().rollouts().get(0));
                String second = text(policy.task(), pair.group().rollouts().get(1));
                lines.add(line(Map.of(
                        "prompt", pair.group().prompt().text(),
                        "chosen", gap > 0 ? first : second,
                        "rejected", gap > 0 ? second : first)));
            }
        }
        return Files.write(file, lines);
    }

    private static String text(Task task, Rollout rollout) {
        int[] tokens = rollout.completion().toArray();
        int end = rollout.finishReason() == FinishReason.STOP ? tokens.length - 1 : tokens.length;
        return task.tokenizer().decode(Tokens.of(Arrays.copyOf(tokens, end)));
    }

    private static String line(Map<String, String> fields) throws JsonProcessingException {
        return JSON.writeValueAsString(fields);
    }
}
