package dev.freshet.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.ops.run.RunDirectory;
import dev.freshet.ops.run.RunEvents;
import dev.freshet.ops.run.RunFiles;
import dev.freshet.ops.run.RunRecorder;
import dev.freshet.ops.run.RunSettings;
import dev.freshet.ops.run.RunSettings.Rotation;
import dev.freshet.streams.ChangeOrigin;
import dev.freshet.streams.PipelineEvent;
import dev.freshet.streams.PipelineEvent.DivergenceSwitched;
import dev.freshet.streams.PipelineEvent.RunFinished;
import dev.freshet.streams.PipelineEvent.StateChanged;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class RunReportTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path folder;

    private RunFiles files;
    private Instant now = START;

    @BeforeEach
    void makeTheRunDirectory() throws IOException {
        Path root = folder.resolve("quick & <dirty>");
        try (RunDirectory directory = RunDirectory.create(root)) {
            directory.writeConfig(ConfigFactory.parseString("freshet.train { seed = 17, note = \"a < b\" }"));
            files = directory.files();
        }
    }

    @Test
    void showsAWholeRunOnOnePageThatNeedsNothingElseInLightAndDark() throws Exception {
        record(wholeRun());

        String page = Files.readString(RunReport.write(files));
        Document document = parse(page);

        assertThat(text(document, "h1")).containsExactly("quick & <dirty>");
        assertThat(page).contains("0.500 \u2192 0.938", "pass@8 0.750 \u2192 0.950", "finished: done");
        assertThat(text(document, "figcaption")).hasSize(7);
        assertThat(text(document, "pre").get(0)).contains("note=\"a < b\"");
        assertThat(page.replace("xmlns=\"http://www.w3.org/1999/xhtml\"", ""))
                .doesNotContain("http:", "https:", "<script", "<link");

        List<String> images = new ArrayList<>(attributes(document, "img", "src"));
        images.addAll(attributes(document, "source", "srcset"));
        assertThat(images).hasSize(14).doesNotHaveDuplicates();
        for (String image : images) {
            byte[] png = Base64.getDecoder().decode(image.substring("data:image/png;base64,".length()));
            assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(2 * PlotImage.WIDTH);
        }
        assertThat(attributes(document, "img", "alt").get(0)).startsWith("Reward, and pass@k held out; reward from ");
    }

    @Test
    void showsEverySuiteThatWasMeasured() throws Exception {
        record(List.of(
                RunEvents.started(-1),
                RunEvents.evaluated(0, 0.5, 0.75),
                RunEvents.step(1),
                RunEvents.measured("far", 1),
                RunEvents.measured("held_out", 1)));

        Document document = parse(Files.readString(RunReport.write(files)));

        assertThat(text(document, "figcaption"))
                .hasSize(10)
                .anyMatch(caption -> caption.startsWith("pass@1 by suite"))
                .anyMatch(caption -> caption.startsWith("Divergences from the reference on held-out answers"))
                .anyMatch(caption -> caption.startsWith("Variety of held-out answers"));
        assertThat(text(document, "th")).contains("held_out", "far");
        assertThat(text(document, "td"))
                .contains("pass@8", "change of pass@1", "distinct-2", "forward-kl from the reference", "0.750");
    }

    @Test
    void showsHostileRolloutsAsText() throws Exception {
        String hostile = "</td><script>alert(1)</script>\u0000\u001b[31m\ud800 & \"";
        record(List.of(RunEvents.started(-1), RunEvents.sampled(1, hostile)));

        String page = Files.readString(RunReport.write(files));

        assertThat(parse(page).getElementsByTagName("script").getLength()).isZero();
        assertThat(page)
                .contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd[31m\ufffd &amp; &quot;");
    }

    @Test
    void aRunThatBeganAnewIsMeasuredAnew() throws Exception {
        record(List.of(RunEvents.started(-1), RunEvents.evaluated(0, 0.5, 0.75)));
        record(List.of(RunEvents.started(-1), RunEvents.evaluated(0, 0.625, 0.75)));

        assertThat(SuiteFacts.of(JournalFacts.read(files.events()), "held_out")
                        .passAt(1)
                        .y())
                .containsExactly(0.625);
    }

    @Test
    void isMadeOfARunThatWasKilledHalfway() throws Exception {
        record(wholeRun().subList(0, 8));
        for (Path grown :
                List.of(files.events(), files.metrics(), files.rollouts().resolve("rollouts-00001.jsonl"))) {
            Files.writeString(grown, "{\"torn", StandardOpenOption.APPEND);
        }

        String page = Files.readString(RunReport.write(files));

        assertThat(text(parse(page), "figcaption")).isNotEmpty();
        assertThat(page).contains("not finished when this page was made");
    }

    @Test
    void isMadeOfARunThatHasTakenOneStep() throws Exception {
        record(List.of(RunEvents.started(-1), RunEvents.step(1)));

        assertThat(text(parse(Files.readString(RunReport.write(files))), "figcaption"))
                .hasSize(7);
    }

    @Test
    void isMadeOfARunThatHasNotBegun() throws Exception {
        String page = Files.readString(RunReport.write(files));

        parse(page);
        assertThat(page).contains("No step has been trained yet.", "A Freshet run that has not started");
    }

    @Test
    void showsOfStepsThatWereTakenAgainOnlyTheLaterOnes() throws Exception {
        record(List.of(RunEvents.started(-1), RunEvents.step(1), RunEvents.step(2), RunEvents.step(3)));
        record(List.of(
                RunEvents.started(1),
                RunEvents.step(RunEvents.report(2, 0.25, 0), 2),
                RunEvents.evaluated(2, 0.7, 0.8)));

        MetricsTable metrics = MetricsTable.read(files.metrics(), List.of("mean_reward"));
        JournalFacts journal = JournalFacts.read(files.events());

        assertThat(metrics.curve("mean_reward").x()).containsExactly(1, 2);
        assertThat(metrics.curve("mean_reward").lastY()).isEqualTo(0.25);
        assertThat(journal.attempts()).isEqualTo(2);
        // Each event a second after the one before, the opening of the journal included.
        assertThat(journal.wallTime()).hasSeconds(4 + 3);
    }

    private List<PipelineEvent> wholeRun() {
        List<PipelineEvent> events = new ArrayList<>(List.of(
                RunEvents.started(-1),
                new StateChanged("starting", "running", "warm-up is done"),
                RunEvents.evaluated(0, 0.5, 0.75)));
        for (int version = 1; version <= 120; version++) {
            events.add(RunEvents.step(version));
            events.add(RunEvents.sampled(version, "4" + version));
        }
        events.add(new DivergenceSwitched("js", 0.04, "reverse-kl", 0.02, new PolicyVersion(60), ChangeOrigin.COMMAND));
        events.add(RunEvents.dropped(9));
        events.add(RunEvents.evaluated(120, 0.9375, 0.95));
        events.add(new RunFinished(new PolicyVersion(120), "done", RunEvents.groups(120)));
        return events;
    }

    private void record(List<PipelineEvent> events) {
        Rotation rotation = new Rotation(1 << 20, 4);
        RunSettings settings = new RunSettings(folder, "", 2, 0, 1, rotation, rotation, rotation);
        try (RunRecorder recorder = RunRecorder.open(files, settings, "js", START, () -> now)) {
            for (PipelineEvent event : events) {
                now = now.plusSeconds(1);
                recorder.accept(event);
            }
            assertThat(recorder.failures()).isZero();
        }
    }

    private static Document parse(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static List<String> text(Document document, String tag) {
        return elements(document, tag).stream().map(Element::getTextContent).toList();
    }

    private static List<String> attributes(Document document, String tag, String attribute) {
        return elements(document, tag).stream()
                .map(e -> e.getAttribute(attribute))
                .toList();
    }

    private static List<Element> elements(Document document, String tag) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < document.getElementsByTagName(tag).getLength(); i++) {
            elements.add((Element) document.getElementsByTagName(tag).item(i));
        }
        return elements;
    }
}
