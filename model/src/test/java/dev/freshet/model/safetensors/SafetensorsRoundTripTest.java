package dev.freshet.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.safetensors.TensorData.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsRoundTripTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void everyElementTypeComesBack(ElementType type) throws IOException {
        Random random = new Random(1);
        List<TensorData> tensors = List.of(
                Tensors.random("matrix", type, random, 3, 5),
                Tensors.random("scalar", type, random),
                Tensors.random("empty", type, random, 4, 0),
                Tensors.random("vector", type, random, 7));

        assertThat(writtenAndRead(tensors, Map.of()).tensors()).isEqualTo(tensors);
    }

    @Test
    void theOrderOfManyTensorsIsKept() throws IOException {
        Random random = new Random(2);
        List<TensorData> tensors = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            tensors.add(Tensors.random("p" + random.nextInt() + "." + i, ElementType.F32, random, random.nextInt(4)));
        }

        assertThat(writtenAndRead(tensors, Map.of()).tensors()).isEqualTo(tensors);
    }

    @Test
    void aFileMayHoldNoTensors() throws IOException {
        SafetensorsFile read = writtenAndRead(List.of(), Map.of());

        assertThat(read.tensors()).isEmpty();
        assertThat(read.metadata()).isEmpty();
    }

    @Test
    void namesAndMetadataMayHoldAnyText() throws IOException {
        String strange = "Gewicht \"\\\n é 語 \uD83D\uDE00";
        Map<String, String> metadata = Map.of("format", "pt", strange, strange);

        SafetensorsFile read = writtenAndRead(List.of(Tensors.floats(strange, 1)), metadata);

        assertThat(read.metadata()).isEqualTo(metadata);
        assertThat(read.tensor(strange)).hasValue(Tensors.floats(strange, 1));
        assertThat(read.tensor("other")).isEmpty();
    }

    @Test
    void bytesAreThoseOfTheFormat() throws IOException {
        Path file = directory.resolve("golden.safetensors");
        TensorData counts = new TensorData(
                "n",
                ElementType.I64,
                List.of(),
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(258)
                        .flip());

        SafetensorsWriter.write(
                file, List.of(Tensors.floats("w", 1.0f, -2.0f), counts), Map.of("z", "last", "format", "pt"));

        String header = "{\"__metadata__\":{\"format\":\"pt\",\"z\":\"last\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}";
        // 149 bytes of JSON, so 3 spaces, so a length of 152 = 0x98; then 1.0f, -2.0f and 258, lowest byte first.
        assertThat(header).hasSize(149);
        String golden = "9800000000000000"
                + HexFormat.of().formatHex((header + " ".repeat(3)).getBytes(StandardCharsets.UTF_8))
                + "0000803f" + "000000c0" + "0201000000000000";
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(golden);
    }

    @Test
    void tensorsAreLittleEndianViewsWithAPositionOfTheirOwn() throws IOException {
        TensorData read = writtenAndRead(List.of(Tensors.floats("w", 1.5f, 2.5f)), Map.of())
                .tensors()
                .get(0);

        assertThat(read.bytes().getFloat()).isEqualTo(1.5f);
        assertThat(read.bytes().getFloat()).isEqualTo(1.5f);
        assertThat(read.bytes().isDirect()).isTrue();
        assertThat(read.bytes().isReadOnly()).isTrue();
    }

    @Test
    void writingLeavesTheTensorsBuffersWhereTheyWere() throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(new byte[] {9, 9, 1, 2, 9}).position(2).limit(4);
        TensorData tensor = new TensorData("w", ElementType.U8, List.of(2L), bytes);

        assertThat(writtenAndRead(List.of(tensor), Map.of()).tensors()).containsExactly(tensor);
        assertThat(bytes.position()).isEqualTo(2);
        assertThat(tensor.bytes().remaining()).isEqualTo(2);
    }

    @Test
    void writesOverALongerFile() throws IOException {
        assertThat(writtenAndRead(List.of(Tensors.floats("w", new float[1000])), Map.of())
                        .tensors())
                .hasSize(1);
        assertThat(writtenAndRead(List.of(Tensors.floats("v", 1)), Map.of()).tensors())
                .containsExactly(Tensors.floats("v", 1));
    }

    @Test
    void aChannelThatTakesAFewBytesAtATimeGetsThemAll() throws IOException {
        List<TensorData> tensors = List.of(Tensors.random("w", ElementType.F32, new Random(3), 50));
        Path slow = directory.resolve("slow.safetensors");
        Path fast = directory.resolve("fast.safetensors");
        SafetensorsWriter.write(fast, tensors, Map.of());

        try (WritableByteChannel channel = Channels.newChannel(Files.newOutputStream(slow))) {
            SafetensorsWriter.write(new Reluctant(channel), tensors, Map.of());
        }

        assertThat(slow).hasSameBinaryContentAs(fast);
    }

    @Test
    void twoTensorsOfOneNameAreRefused() {
        List<TensorData> tensors = List.of(Tensors.floats("w", 1), Tensors.floats("w", 2));

        assertThatThrownBy(() -> writtenAndRead(tensors, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names of tensors must be unique and not __metadata__, was w");
    }

    @Test
    void theNameOfTheMetadataIsReserved() {
        assertThatThrownBy(() -> writtenAndRead(List.of(Tensors.floats("__metadata__", 1)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was __metadata__");
    }

    @Test
    void aHeaderThatCouldNotBeReadAgainIsNotWritten() {
        char[] text = new char[SafetensorsHeader.LIMIT_BYTES];
        Arrays.fill(text, 'x');

        assertThatThrownBy(() -> writtenAndRead(List.of(), Map.of("notes", new String(text))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have at most 16777216 bytes");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aTensorWhoseSizeLeavesTheRangeOfLongIsRefused() {
        List<Long> shape = List.of(1L << 40, 1L << 40);

        assertThatThrownBy(() -> new TensorData("w", ElementType.F32, shape, ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor w: size must fit in 63 bits, shape was [1099511627776, 1099511627776] of F32");
    }

    private SafetensorsFile writtenAndRead(List<TensorData> tensors, Map<String, String> metadata) throws IOException {
        Path file = directory.resolve("x.safetensors");
        SafetensorsWriter.write(file, tensors, metadata);
        return SafetensorsFile.open(file);
    }

    private record Reluctant(WritableByteChannel target) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            ByteBuffer some = source.slice(source.position(), Math.min(3, source.remaining()));
            int written = target.write(some);
            source.position(source.position() + written);
            return written;
        }

        @Override
        public boolean isOpen() {
            return target.isOpen();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }
    }
}
