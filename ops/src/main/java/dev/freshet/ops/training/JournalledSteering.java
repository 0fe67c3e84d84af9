package dev.freshet.ops.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.actors.RefusedException;
import dev.freshet.actors.RefusedException.Kind;
import dev.freshet.actors.ScheduledChange;
import dev.freshet.model.checkpoint.Rollback;
import dev.freshet.model.checkpoint.TrainingState;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.Journal;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.ObjectiveSwitched;
import dev.freshet.streams.PipelineEvent.ParameterChanged;
import dev.freshet.streams.SettingChange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What commands did to a run since the checkpoint that it goes on from, as its journal tells, over all of its attempts. A command
 * wins over what an earlier attempt did from the same version on, or from a later one.
 */
final class JournalledSteering {
    private static final Logger LOG = LoggerFactory.getLogger(JournalledSteering.class);
    private static final Pattern TYPE = Pattern.compile("\"type\":\"(\\w+)\"");
    private static final Set<String> CHANGES =
            Set.of("DivergenceSwitched", "ParameterChanged", "ObjectiveSwitched", "SteeringTakenBack", "RolledBack");

    private final JsonMapper mapper = new JsonMapper();
    private final PolicyVersion checkpoint;
    private final List<ScheduledChange> changes = new ArrayList<>();
    private final List<ScheduledChange> rolledBack = new ArrayList<>();
    private final List<Rollback> rollbacks = new ArrayList<>();

    private JournalledSteering(PolicyVersion checkpoint) {
        this.checkpoint = checkpoint;
    }

    /**
     * Reads the whole journal, since an earlier attempt may have come further than the last one.
     *
     * @param journal {@code events.jsonl}, which need not be there
     * @param saved the checkpoint's state
     * @throws RefusedException if the journal is there and cannot be read
     */
    static JournalledSteering since(Path journal, TrainingState saved) {
        JournalledSteering steering = new JournalledSteering(saved.version());
        try {
            for (Path part : Journal.parts(journal)) {
                steering.readPart(part);
            }
        } catch (IOException | UncheckedIOException unreadable) {
            throw new RefusedException(
                    Kind.FAILED_PRECONDITION,
                    "cannot read " + journal + ", which has what commands did since the checkpoint: "
                            + unreadable.getMessage() + "; make it readable, or move it away to go on without");
        }
        return steering;
    }

    /** Not in the checkpoint, or not known to be; in the order of their commands. */
    List<ScheduledChange> changes() {
        return List.copyOf(changes);
    }

    /** Undone by a rollback that came after them, whether or not it was lost itself. */
    List<ScheduledChange> rolledBack() {
        return List.copyOf(rolledBack);
    }

    /** Lost with the process: the disk had not taken the versions that they made. */
    List<Rollback> rollbacks() {
        return List.copyOf(rollbacks);
    }

    /** A torn end becomes a line that is not JSON. */
    private void readPart(Path part) throws IOException {
        try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(Files.newInputStream(part), StandardCharsets.UTF_8));
                Stream<String> lines = reader.lines()) {
            lines.filter(JournalledSteering::isOfSteering).forEach(this::add);
        }
    }

    private static boolean isOfSteering(String line) {
        Matcher type = TYPE.matcher(line);
        return type.find() && CHANGES.contains(type.group(1));
    }

    private void add(String line) {
        JsonNode event;
        try {
            event = mapper.readTree(line);
        } catch (JsonProcessingException torn) {
            LOG.warn("passing over a line of the journal that tells of a command and is torn: {}", line);
            return;
        }
        switch (event.path("type").asText()) {
            case "RolledBack" -> addRollback(event);
            case "SteeringTakenBack" -> takeBack(event);
            default -> addChange(event);
        }
    }

    private void addChange(JsonNode event) {
        String origin = event.path("origin").asText(label(ChangeOrigin.COMMAND));
        if (!origin.equals(label(ChangeOrigin.COMMAND))) {
            return;
        }
        change(event).ifPresent(change -> {
            replace(
                    changes,
                    earlier -> earlier.firstVersion().compareTo(change.firstVersion()) >= 0
                            ? earlier.without(change.settings().keySet())
                            : Optional.of(earlier));
            // One that is due at the checkpoint's own version may have come before or after the copy: it is set again.
            if (!isBefore(change)) {
                changes.add(change);
            }
        });
    }

    /** Whether the checkpoint has it: it held for a version that was made before. */
    private boolean isBefore(ScheduledChange change) {
        return change.isDueAt(checkpoint) && !change.isFirstDueAt(checkpoint);
    }

    private void takeBack(JsonNode event) {
        PolicyVersion first = version(event, "first_version");
        List<String> keys = new ArrayList<>();
        event.path("settings").fieldNames().forEachRemaining(keys::add);
        if (keys.isEmpty()) {
            rollbacks.removeIf(rollback -> rollback.version().equals(first));
            return;
        }
        Function<ScheduledChange, Optional<ScheduledChange>> left =
                change -> change.firstVersion().equals(first) ? change.without(keys) : Optional.of(change);
        replace(changes, left);
        replace(rolledBack, left);
    }

    private void addRollback(JsonNode event) {
        rolledBack.addAll(changes);
        changes.clear();
        PolicyVersion made = version(event, "version");
        if (made.compareTo(checkpoint) > 0) {
            rollbacks.removeIf(earlier -> earlier.version().equals(made));
            rollbacks.add(new Rollback(made, version(event, "parent")));
        }
    }

    private static void replace(
            List<ScheduledChange> changes, Function<ScheduledChange, Optional<ScheduledChange>> replacement) {
        List<ScheduledChange> left =
                changes.stream().map(replacement).flatMap(Optional::stream).toList();
        changes.clear();
        changes.addAll(left);
    }

    private static Optional<ScheduledChange> change(JsonNode event) {
        PolicyVersion first = version(event, "first_version");
        return switch (event.path("type").asText()) {
            case "DivergenceSwitched" ->
                ScheduledChange.of(new DivergenceSwitched(
                        event.path("from_spec").asText(),
                        event.path("from_coefficient").asDouble(),
                        event.path("to_spec").asText(),
                        event.path("to_coefficient").asDouble(),
                        first,
                        ChangeOrigin.COMMAND));
            case "ParameterChanged" ->
                ScheduledChange.of(new ParameterChanged(
                        event.path("key").asText(),
                        event.path("from_value").asText(),
                        event.path("to_value").asText(),
                        first,
                        ChangeOrigin.COMMAND));
            default ->
                ScheduledChange.of(new ObjectiveSwitched(
                        event.path("from_name").asText(),
                        event.path("to_name").asText(),
                        settings(event.path("changes")),
                        first,
                        ChangeOrigin.COMMAND));
        };
    }

    private static List<SettingChange> settings(JsonNode changes) {
        List<SettingChange> settings = new ArrayList<>();
        changes.forEach(change -> settings.add(new SettingChange(
                change.path("key").asText(),
                change.path("from_value").asText(),
                change.path("to_value").asText())));
        return settings;
    }

    private static PolicyVersion version(JsonNode event, String field) {
        return new PolicyVersion(event.path(field).asLong());
    }

    private static String label(ChangeOrigin origin) {
        return origin.name().toLowerCase(Locale.ROOT);
    }
}
