package dev.freshet.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.dataset.BadLineException.Fault;
import dev.freshet.model.dataset.LengthRule.TooLong;
import dev.freshet.model.rollout.LogProbs;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.text.ByteTokenizer;
import dev.freshet.model.text.TextTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetTest {
    private static final TextTokenizer BYTES = new ByteTokenizer();
    private static final ConversationTemplate CONVERSATION =
            new ConversationTemplate("<{role}>{content}\n", "<assistant>");
    private static final LengthRule ROOMY = new LengthRule(200, 100, TooLong.REFUSE);

    @TempDir
    private Path folder;

    private Dataset open(ExampleKind kind, LengthRule length, String... lines) throws IOException {
        Path file = folder.resolve("data.jsonl");
        Files.write(file, List.of(lines), StandardCharsets.UTF_8);
        return Dataset.open(
                new DatasetSettings(file.toString(), CONVERSATION, CompletionEnd.STOP_TOKEN, length, 1000),
                kind,
                BYTES,
                1,
                Templates.NONE);
    }

    private TokenisedExample read(ExampleKind kind, String line) throws Exception {
        try (Dataset dataset = open(kind, ROOMY, line)) {
            return dataset.read(dataset.inFileOrder(0));
        }
    }

    private static Tokens ended(String text) {
        int[] tokens = BYTES.encode(text).toArray();
        int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
        ended[tokens.length] = BYTES.stopTokens().iterator().next();
        return Tokens.of(ended);
    }

    private static void hasSequences(TokenisedExample example, String prompt, String... completions) {
        assertThat(example.sequences())
                .containsExactlyElementsOf(Stream.of(completions)
                        .map(completion -> new ExampleSequence(BYTES.encode(prompt), ended(completion)))
                        .toList());
    }

    @Test
    void demonstrationsAreReadInEachOfTheirLayouts() throws Exception {
        hasSequences(
                read(ExampleKind.DEMONSTRATION, "{\"prompt\": \"2+2=\", \"completion\": \"4\", \"source\": 7}"),
                "2+2=",
                "4");
        String conversation = "<user>hi\n<assistant>";
        hasSequences(read(ExampleKind.DEMONSTRATION, """
                        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}"""), conversation, "ho");
        hasSequences(read(ExampleKind.DEMONSTRATION, """
                        {"prompt": [{"role": "user", "content": "hi"}], "completion": [{"role": "assistant", "content": "ho"}]}"""), conversation, "ho");
    }

    @Test
    void preferencesAreReadInEachOfTheirLayouts() throws Exception {
        hasSequences(
                read(ExampleKind.PREFERENCE, "{\"prompt\": \"2+2=\", \"chosen\": \"4\", \"rejected\": \"5\"}"),
                "2+2=",
                "4",
                "5");
        hasSequences(read(ExampleKind.PREFERENCE, """
                        {"chosen": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}],
                         "rejected": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "no"}]}""".replace("\n", "")), "<user>hi\n<assistant>", "ho", "no");
        hasSequences(read(ExampleKind.PREFERENCE, """
                        {"prompt": [{"role": "user", "content": "hi"}], "chosen": [{"role": "assistant", "content": "ho"}], \
                        "rejected": [{"role": "assistant", "content": "no"}]}"""), "<user>hi\n<assistant>", "ho", "no");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\": \"a\"            | not JSON: ",
                "[1]                           | must be a JSON object, was an array",
                "{} {}                         | must be one JSON object, was followed by more",
                "{\"prompt\": \"a\"}           | field \"completion\" is missing; there are [prompt]",
                "{\"prompt\": 3, \"completion\": \"b\"} | field \"prompt\" must be a string, was a number",
                "{\"prompt\": \"a\", \"completion\": null} | field \"completion\" must be a string, was null",
                "{\"prompt\": \" \", \"completion\": \"b\"} | field \"prompt\" must not be blank",
                "{\"messages\": []} | field \"messages\" must be a list of messages, was empty",
                "{\"messages\": [3]} | a message must be an object, was a number",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} | the last message of field \"messages\" must be"
                        + " the assistant's, was of \"user\"",
                "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]} | field \"messages\" must begin with a message"
                        + " to answer, had the answer alone",
            })
    void aBadLineIsNamedByFileAndNumberAndSaysWhy(String line, String why) throws Exception {
        try (Dataset dataset =
                open(ExampleKind.DEMONSTRATION, ROOMY, "{\"prompt\": \"a\", \"completion\": \"b\"}", "", line)) {
            assertThat(dataset.size()).isEqualTo(2);
            assertThatThrownBy(() -> dataset.read(dataset.inFileOrder(1)))
                    .isInstanceOfSatisfying(
                            BadLineException.class,
                            bad -> assertThat(bad.fault()).isEqualTo(Fault.MALFORMED))
                    .hasMessageStartingWith(folder.resolve("data.jsonl") + ":3: " + why);
            hasSequences(dataset.read(dataset.inFileOrder(0)), "a", "b");
        }
    }

    @Test
    void whatIsTooLongIsRefusedOrTruncated() throws Exception {
        String line = "{\"prompt\": \"abcdefgh\", \"completion\": \"0123456789\"}";
        try (Dataset refusing = open(ExampleKind.DEMONSTRATION, new LengthRule(18, 5, TooLong.REFUSE), line)) {
            assertThatThrownBy(() -> refusing.read(refusing.inFileOrder(0)))
                    .isInstanceOfSatisfying(
                            BadLineException.class,
                            bad -> assertThat(bad.fault()).isEqualTo(Fault.TOO_LONG))
                    .hasMessageEndingWith("prompt and completion must have at most 18 tokens, had 8 and 11"
                            + " (freshet.dataset.max-length, freshet.dataset.too-long)");
        }
        // The stop token counts: with one token more of room, it fits.
        try (Dataset fitting = open(ExampleKind.DEMONSTRATION, new LengthRule(19, 5, TooLong.REFUSE), line)) {
            hasSequences(fitting.read(fitting.inFileOrder(0)), "abcdefgh", "0123456789");
        }
        try (Dataset truncating = open(ExampleKind.DEMONSTRATION, new LengthRule(12, 5, TooLong.TRUNCATE), line)) {
            assertThat(truncating.read(truncating.inFileOrder(0)).sequences())
                    .containsExactly(new ExampleSequence(BYTES.encode("defgh"), BYTES.encode("0123456")));
        }
        String pair = "{\"prompt\": \"abcdefgh\", \"chosen\": \"01\", \"rejected\": \"0123456789\"}";
        try (Dataset truncating = open(ExampleKind.PREFERENCE, new LengthRule(12, 5, TooLong.TRUNCATE), pair)) {
            List<ExampleSequence> sides =
                    truncating.read(truncating.inFileOrder(0)).sequences();
            assertThat(sides).extracting(ExampleSequence::prompt).containsOnly(BYTES.encode("defgh"));
            assertThat(sides.get(1).completion()).isEqualTo(BYTES.encode("0123456"));
            assertThat(sides.get(0).completion().size()).isEqualTo(3);
        }
        try (Dataset longLines = open(ExampleKind.DEMONSTRATION, ROOMY, "{\"a\": \"" + "x".repeat(1000) + "\"}")) {
            assertThatThrownBy(() -> longLines.read(longLines.inFileOrder(0)))
                    .hasMessageContaining("must have at most 1000 bytes, had 1010 (freshet.dataset.max-line-bytes)");
        }
    }

    @Test
    void everyEpochHasEveryExampleInAnOrderOfItsOwn() throws Exception {
        String[] lines = IntStream.range(0, 100)
                .mapToObj(i -> "{\"prompt\": \"p" + i + "\", \"completion\": \"c\"}")
                .toArray(String[]::new);
        try (Dataset dataset = open(ExampleKind.DEMONSTRATION, ROOMY, lines)) {
            List<Long> first = ids(dataset, 0);
            List<Long> second = ids(dataset, 100);
            List<Long> all = LongStream.range(0, 100).boxed().toList();
            assertThat(first).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
            assertThat(second).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(first);
            assertThat(dataset.admitted(150)).isEqualTo(new AdmittedExample(150, 1, second.get(50)));
            hasSequences(dataset.read(dataset.admitted(150)), "p" + second.get(50), "c");
        }
    }

    private static List<Long> ids(Dataset dataset, long from) {
        List<Long> ids = new ArrayList<>();
        for (long sequence = from; sequence < from + dataset.size(); sequence++) {
            ids.add(dataset.admitted(sequence).id());
        }
        return ids;
    }

    @Test
    void withoutAFileItIsTheShippedExample() throws Exception {
        for (ExampleKind kind : List.of(ExampleKind.DEMONSTRATION, ExampleKind.PREFERENCE)) {
            try (Dataset dataset = Dataset.open(
                    new DatasetSettings("", CONVERSATION, CompletionEnd.STOP_TOKEN, ROOMY, 1000),
                    kind,
                    BYTES,
                    1,
                    Templates.NONE)) {
                assertThat(dataset.size()).isEqualTo(600);
                for (long id = 0; id < dataset.size(); id++) {
                    assertThat(dataset.read(dataset.inFileOrder(id)).kind()).isEqualTo(kind);
                }
            }
        }
    }

    @Test
    void whatIsNoFileIsRefusedByTheSettingThatNamesIt() {
        DatasetSettings settings = new DatasetSettings("/nowhere", CONVERSATION, CompletionEnd.STOP_TOKEN, ROOMY, 1000);
        assertThatThrownBy(() -> Dataset.open(settings, ExampleKind.DEMONSTRATION, BYTES, 1, Templates.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such file: /nowhere (freshet.dataset.path)");
        assertThatThrownBy(() -> open(ExampleKind.DEMONSTRATION, ROOMY, "", " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("must have at least one line, had none (freshet.dataset.path)");
    }

    @Test
    void storedReferenceLogProbsComeBackAndAreOfTheirExamplesAlone() throws Exception {
        ReferenceOrigin origin = new ReferenceOrigin("data", "demonstrations", Map.of("a", "b"), "policy");
        String[] lines = {
            "{\"prompt\": \"p\", \"completion\": \"cd\"}", "bad", "{\"prompt\": \"q\", \"completion\": \"e\"}"
        };
        String place = folder.resolve("reference").toString();
        try (Dataset dataset = open(ExampleKind.DEMONSTRATION, ROOMY, lines)) {
            ScoredExample first = scored(dataset, 0, -1, -2, -3);
            ScoredExample last = scored(dataset, 2, -4, -5);
            try (ReferenceWriter writer = ReferenceWriter.open(place)) {
                writer.add(first);
                writer.addUnusable();
                writer.add(last);
                writer.commit(origin);
            }
            try (StoredReference stored = StoredReference.open(place, origin)) {
                assertThat(stored.of(last.example())).isEqualTo(last);
                assertThat(stored.of(first.example())).isEqualTo(first);
                TokenisedExample other = new TokenisedExample(
                        new AdmittedExample(0, 0, 0),
                        ExampleKind.DEMONSTRATION,
                        List.of(new ExampleSequence(BYTES.encode("p"), ended("ce"))));
                assertThatThrownBy(() -> stored.of(other))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("are of other tokens than example 0 has");
            }
        }
        assertThatThrownBy(() -> StoredReference.open(
                        place, new ReferenceOrigin("data", "demonstrations", Map.of("a", "b"), "another")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "must be of the run's reference, whose weights have SHA-256 another, were of policy");
        byte[] scores = Files.readAllBytes(folder.resolve("reference/scores.bin"));
        scores[5] ^= 1;
        Files.write(folder.resolve("reference/scores.bin"), scores);
        assertThatThrownBy(() -> StoredReference.open(place, origin))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scores.bin must have 28 bytes and SHA-256");
    }

    private static ScoredExample scored(Dataset dataset, long id, float... logProbs) throws Exception {
        return new ScoredExample(dataset.read(dataset.inFileOrder(id)), List.of(LogProbs.of(logProbs)));
    }

    @Test
    void whatIsGivenUpLeavesNothing() throws Exception {
        Path place = folder.resolve("reference");
        try (ReferenceWriter writer = ReferenceWriter.open(place.toString())) {
            writer.addUnusable();
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
