package dev.freshet.model.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.freshet.model.fidelity.SampleSet;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static final String IMAGES = "freshet.distill { teacher.kind = trained, student.kind = network }";

    @TempDir
    private Path folder;

    @Test
    void aMixturesExamplesAreTheSameWheneverTheyAreAskedFor() {
        TrainingData data = Distilled.settings().data().open(4);
        assertThat(data.examples(10, 5).toArray())
                .isEqualTo(data.examples(10, 5).toArray());
        assertThat(data.examples(12, 1).toArray())
                .isEqualTo(data.examples(10, 5).chosen(new long[] {2}).toArray());
        assertThat(data.examples(10, 5).toArray())
                .isNotEqualTo(
                        Distilled.settings().data().open(5).examples(10, 5).toArray());
    }

    @Test
    void aMixturesExamplesLieInItsModes() {
        TrainingData data = Distilled.settings().data().open(4);
        Map<String, Double> measures =
                new StudentFidelity(FidelitySettings.from(Distilled.config()), data).of(data.examples(0, 4000));
        // Three standard deviations of a Gaussian in the plane hold 1 - e^(-9/2).
        assertThat(measures.get("precision")).isCloseTo(1 - Math.exp(-4.5), within(0.01));
        assertThat(measures.get("modes")).isEqualTo(8);
    }

    @Test
    void imagesComeOnceAnEpochInAnOrderOfItsOwn() throws IOException {
        TrainingData data = idx(20).open(4);
        Set<Float> first = new HashSet<>();
        SampleSet epoch = data.examples(0, 20);
        for (int i = 0; i < 20; i++) {
            first.add(epoch.value(i, 0));
        }
        assertThat(first).hasSize(20);
        assertThat(data.examples(20, 20).toArray()).isNotEqualTo(epoch.toArray());
        assertThat(data.examples(15, 10).chosen(new long[] {4}).toArray())
                .isEqualTo(epoch.chosen(new long[] {19}).toArray());
        assertThat(data.dimensions()).isEqualTo(4);
    }

    @Test
    void filesThatAreRefusedNameTheSetting() throws IOException {
        Files.writeString(folder.resolve("text"), "no images");
        DataSettings settings = Distilled.settings(
                        IMAGES, "freshet.distill.data { kind = idx, path = \"" + folder.resolve("text") + "\" }")
                .data();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.open(1))
                .withMessageContaining("must begin with")
                .withMessageContaining("freshet.distill.data.path");
    }

    @Test
    void samplesThatAreNotFiniteHaveNoMeasures() throws IOException {
        TrainingData data = idx(20).open(4);
        StudentFidelity fidelity = new StudentFidelity(
                FidelitySettings.from(Distilled.config("freshet.distill.evaluation.feature-cells = 2")), data);
        Map<String, Double> ofItself = fidelity.of(fidelity.examples());
        assertThat(ofItself.get("frechet_distance")).isCloseTo(0, within(1e-9));
        assertThat(ofItself.get("precision")).isEqualTo(1);
        assertThat(ofItself.get("recall")).isEqualTo(1);
        float[] broken = fidelity.examples().toArray();
        broken[3] = Float.NaN;
        assertThat(fidelity.of(new SampleSet(4, broken)).values()).allMatch(value -> value.isNaN());
    }

    @Test
    void featuresThatDoNotFitTheImagesAreRefusedBeforeAnythingIsTrained() throws IOException {
        TrainingData data = idx(20).open(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StudentFidelity(FidelitySettings.from(Distilled.config()), data))
                .withMessageContaining("freshet.distill.evaluation.feature-cells");
    }

    @Test
    void readsAFolderOfPngFiles() throws IOException {
        for (int i = 0; i < 3; i++) {
            BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, 0x010203 * (i + 1));
            assertThat(ImageIO.write(image, "png", folder.resolve(i + ".png").toFile()))
                    .isTrue();
        }
        TrainingData data = Distilled.settings(
                        IMAGES, "freshet.distill.data { kind = png, channels = 3, path = \"" + folder + "\" }")
                .data()
                .open(1);
        assertThat(data.dimensions()).isEqualTo(12);
        assertThat(data.examples(0, 3).size()).isEqualTo(3);
    }

    /** So many grey images of 2 x 2, each of one shade of its own. */
    private DataSettings idx(int images) throws IOException {
        Path file = folder.resolve("images.gz");
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(0x803);
            out.writeInt(images);
            out.writeInt(2);
            out.writeInt(2);
            for (int image = 0; image < images; image++) {
                out.write(new byte[] {(byte) (10 * image), (byte) (3 * image), (byte) (200 - image), (byte) image});
            }
        }
        return Distilled.settings(IMAGES, "freshet.distill.data { kind = idx, path = \"" + file + "\" }")
                .data();
    }
}
