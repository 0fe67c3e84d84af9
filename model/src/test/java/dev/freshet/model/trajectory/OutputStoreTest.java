package dev.freshet.model.trajectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.model.rollout.Tokens;
import dev.freshet.model.safetensors.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OutputStoreTest {
    private static final Tokens COMPLETION = Tokens.of(4, 5);
    private static final OutputStore.Key KEY = new OutputStore.Key(7, 0);

    /** Read before written in an epoch, as the vectors' rings are: what is read is what was written epochs-ago epochs before. */
    @Test
    void slotsAreThoseOfTheVectors() throws IOException {
        JsonNode ring = vectors().get("ring_buffer");
        int epochsAgo = ring.get("E_tilde").intValue();
        OutputStore store = new OutputStore(epochsAgo, 5, 1 << 20);
        List<Integer> written = new ArrayList<>();
        for (JsonNode epoch : ring.get("zero_based_epochs")) {
            int now = epoch.intValue();
            int read = ring.get("read_slot").get(now).intValue();
            boolean known = store.before(now, KEY, COMPLETION)
                    .map(outputs -> outputs.equals(outputs(now - epochsAgo)))
                    .orElse(false);
            assertThat(known).isEqualTo(now >= epochsAgo);
            if (known) {
                assertThat(written.get(now - epochsAgo)).isEqualTo(read);
            }
            store.remember(now, KEY, outputs(now));
            written.add(ring.get("write_slot").get(now).intValue());
        }
        assertThat(store.size()).isEqualTo(ring.get("slots").intValue());
    }

    /** With from-epoch 6, one above the paper's E_start of 5, the loss is there when the released code's is. */
    @Test
    void theLossBeginsWhenTheReleasedCodesDoes() throws IOException {
        JsonNode ring = vectors().get("ring_buffer");
        long fromEpoch = TrajectorySettings.NONE.fromEpoch();
        for (JsonNode epoch : ring.get("zero_based_epochs")) {
            boolean active = ring.get("trajectory_loss_active_released")
                    .get(epoch.intValue())
                    .booleanValue();
            assertThat(epoch.intValue() >= fromEpoch).isEqualTo(active);
        }
    }

    @Test
    void anotherCompletionOfTheSameExampleHasNoPast() {
        OutputStore store = new OutputStore(1, 5, 1 << 20);
        store.remember(0, KEY, outputs(1));
        assertThat(store.before(1, KEY, COMPLETION)).isPresent();
        assertThat(store.before(1, KEY, Tokens.of(4, 6))).isEmpty();
        assertThat(store.before(1, new OutputStore.Key(7, 1), COMPLETION)).isEmpty();
        assertThat(store.before(2, KEY, COMPLETION)).isEmpty();
    }

    @Test
    void anEpochTakesOverTheOldestWithItsMemory() {
        OutputStore store = new OutputStore(1, 5, 1 << 20);
        store.remember(0, KEY, outputs(1));
        store.remember(1, KEY, outputs(2));
        long bytes = store.bytes();
        for (long epoch = 2; epoch < 10; epoch++) {
            store.remember(epoch, KEY, outputs(epoch));
            store.remember(epoch, KEY, outputs(epoch + 100));
        }
        assertThat(store.bytes()).isEqualTo(bytes);
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.before(10, KEY, COMPLETION)).contains(outputs(109));
    }

    @Test
    void whatIsNoNumberOrHasNoRoomIsNotKeptAndCounted() {
        OutputStore store = new OutputStore(1, 5, outputs(1).bytes());
        store.remember(0, KEY, outputs(1));
        store.remember(0, new OutputStore.Key(8, 0), outputs(1));
        store.remember(0, KEY, PastOutputs.whole(COMPLETION, new float[] {Float.NaN, 1}));
        assertThat(store.size()).isZero();
        assertThat(store.bytes()).isZero();
        assertThat(store.refused()).isEqualTo(2);
    }

    @Test
    void tensorsBringEverythingBack() {
        OutputStore store = new OutputStore(2, 5, 1 << 20);
        PastOutputs coarse = PastOutputs.coarse(COMPLETION, new float[] {-1, -2, -3, -4}, new int[] {9, 3});
        store.remember(3, new OutputStore.Key(11, 1), coarse);
        store.remember(3, KEY, outputs(1));
        store.remember(4, KEY, outputs(2));
        List<TensorData> tensors = new ArrayList<>(OutputTensors.of(store));
        OutputStore read = new OutputStore(2, 5, 1 << 20);
        OutputTensors.fill(read, tensors);
        assertThat(read.size()).isEqualTo(3);
        assertThat(read.bytes()).isEqualTo(store.bytes());
        assertThat(read.before(5, new OutputStore.Key(11, 1), COMPLETION)).contains(coarse);
        assertThat(read.before(5, KEY, COMPLETION)).contains(outputs(1));
        assertThat(read.before(6, KEY, COMPLETION)).contains(outputs(2));
        assertThat(OutputTensors.of(read)).isEqualTo(tensors);
        assertThat(OutputTensors.of(new OutputStore(2, 5, 1))).isEmpty();
    }

    @Test
    void outputsOfAnotherTemperatureAreLeftOut() {
        OutputStore store = new OutputStore(1, 5, 1 << 20);
        store.remember(0, KEY, outputs(1));
        OutputStore read = new OutputStore(1, 4, 1 << 20);
        OutputTensors.fill(read, OutputTensors.of(store));
        assertThat(read.size()).isZero();
    }

    @Test
    void aMissingTensorIsNamed() {
        OutputStore store = new OutputStore(1, 5, 1 << 20);
        store.remember(0, KEY, outputs(1));
        List<TensorData> tensors = OutputTensors.of(store).stream()
                .filter(tensor -> !tensor.name().endsWith("length"))
                .toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutputTensors.fill(new OutputStore(1, 5, 1 << 20), tensors))
                .withMessage("remembered outputs must have a tensor trajectory.0.length, I32 and a row, had none");
    }

    private static PastOutputs outputs(long number) {
        return PastOutputs.whole(COMPLETION, new float[] {number, -number, 0, 1});
    }

    private static JsonNode vectors() throws IOException {
        String path = "/vectors/saf.json";
        try (InputStream file = Objects.requireNonNull(OutputStoreTest.class.getResourceAsStream(path), path)) {
            return new ObjectMapper().readTree(file);
        }
    }
}
