package dev.freshet.ops.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.Journal;
import dev.freshet.streams.PipelineEvent.EvaluationCompleted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** pass@1 of each suite at version 0, from which its change is counted; measured by this process or by an earlier one. */
final class FirstScores {
    private static final Logger LOG = LoggerFactory.getLogger(FirstScores.class);
    private static final String MARK = "\"type\":\"EvaluationCompleted\"";

    private final Map<String, Double> passAt1 = new ConcurrentHashMap<>();

    private FirstScores() {}

    static FirstScores unknown() {
        return new FirstScores();
    }

    /**
     * What a run's journal tells; nothing where it is not there, or its oldest part is gone. One that cannot be read stops no run: it
     * goes without the change of pass@1.
     */
    static FirstScores in(Path journal) {
        FirstScores scores = new FirstScores();
        try {
            for (Path part : Journal.parts(journal)) {
                scores.read(part);
            }
        } catch (IOException | UncheckedIOException unreadable) {
            LOG.warn("cannot tell how pass@1 has changed since version 0: {}", unreadable.toString());
        }
        return scores;
    }

    /** The same with the change of pass@1 since version 0, which an evaluation of that version is remembered for. */
    EvaluationCompleted withChange(EvaluationCompleted event) {
        Double now = event.passAtK().get(1);
        if (now == null) {
            return event;
        }
        if (event.version().equals(PolicyVersion.INITIAL)) {
            passAt1.put(event.suite(), now);
        }
        Double first = passAt1.get(event.suite());
        return first == null ? event : event.with(event.measures().withChangeSinceStart(now - first));
    }

    /** The bytes that an unfinished line ends in need not be text. */
    private void read(Path part) throws IOException {
        JsonMapper mapper = new JsonMapper();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(part), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(MARK)) {
                    add(mapper, line);
                }
            }
        }
    }

    private void add(JsonMapper mapper, String line) {
        try {
            JsonNode event = mapper.readTree(line);
            JsonNode score = event.at("/pass_at_k/1");
            if (event.path("version").asLong() == PolicyVersion.INITIAL.number() && score.isNumber()) {
                passAt1.put(event.path("suite").asText(), score.asDouble());
            }
        } catch (JsonProcessingException torn) {
            LOG.debug("a torn line of the journal is passed over", torn);
        }
    }
}
