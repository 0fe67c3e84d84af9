package dev.freshet.ops.bench;

import dev.freshet.ops.bench.JournalAudit.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A journal written line by line, whose counts follow from its events unless they are told otherwise. */
final class MadeUpJournal {
    private final List<String> lines = new ArrayList<>();
    private long sequence;
    private int attempt;
    private long trained;
    private long dropped;
    private long returned;

    MadeUpJournal opened() {
        attempt++;
        return line("JournalOpened", "\"format\":1");
    }

    /** The file was rotated. */
    MadeUpJournal openedAgain() {
        return line("JournalOpened", "\"format\":1");
    }

    MadeUpJournal started(long resumedFrom) {
        return line("RunStarted", "\"staleness_bound\":1,\"resumed_from\":" + resumedFrom);
    }

    MadeUpJournal takenBack(long version, long cursor, long groups, long trainedThen) {
        trained = trainedThen;
        returned += groups;
        return line("GroupsTakenBack", "\"version\":" + version + ",\"cursor\":" + cursor + ",\"groups\":" + groups);
    }

    MadeUpJournal dropped(long group) {
        dropped++;
        return line("GroupDropped", "\"group_sequence\":" + group + ",\"reason\":\"no_signal\",\"detail\":\"\"");
    }

    MadeUpJournal returned(long groups) {
        returned += groups;
        return line("GroupsReturned", "\"groups\":" + groups + ",\"why\":\"stopped\"");
    }

    MadeUpJournal rolledBack(long parent, long version) {
        return line("RolledBack", "\"parent\":" + parent + ",\"version\":" + version);
    }

    /** A step of {@code groups} groups with these admission numbers at its ends. */
    MadeUpJournal step(long version, long first, long last, long groups) {
        return step(version, first, last, groups, 1);
    }

    MadeUpJournal step(long version, long first, long last, long groups, long staleness) {
        trained += groups;
        return line(
                "StepTrained",
                "\"report\":{\"version\":" + version + ",\"first_sequence\":" + first + ",\"last_sequence\":" + last
                        + ",\"groups\":" + groups + ",\"max_staleness\":" + staleness + "},\"groups\":" + counts(3));
    }

    MadeUpJournal finished(long inFlight) {
        return line("RunFinished", "\"version\":0,\"groups\":" + counts(inFlight));
    }

    /** From the next event on these counts are claimed. */
    MadeUpJournal claiming(Map<String, Long> claims) {
        trained = claims.getOrDefault("trained", trained);
        dropped = claims.getOrDefault("dropped", dropped);
        returned = claims.getOrDefault("returned", returned);
        return this;
    }

    /** The next line's number is so much higher. */
    MadeUpJournal skipping(long numbers) {
        sequence += numbers;
        return this;
    }

    MadeUpJournal text(String line) {
        lines.add(line);
        return this;
    }

    Findings audited() {
        List<AuditedLine> parsed = new ArrayList<>();
        for (String line : lines) {
            parsed.add(AuditedLine.parse("events.jsonl:" + (parsed.size() + 1), line));
        }
        return JournalAudit.of(parsed);
    }

    private String counts(long inFlight) {
        return "{\"admitted\":" + (trained + dropped + returned + inFlight) + ",\"trained\":" + trained
                + ",\"dropped\":{\"no_signal\":" + dropped + ",\"stale\":0},\"returned\":" + returned
                + ",\"in_flight\":" + inFlight + "}";
    }

    private MadeUpJournal line(String type, String fields) {
        lines.add(
                "{\"sequence\":" + sequence + ",\"attempt\":" + attempt + ",\"type\":\"" + type + "\"," + fields + "}");
        sequence++;
        return this;
    }
}
