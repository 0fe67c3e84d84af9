package dev.freshet.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.freshet.model.safetensors.TensorData.ElementType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileSafetensorsTest {
    private static final String W = "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @TempDir
    Path directory;

    static Stream<Arguments> headersOverEightBytesOfData() {
        return Stream.of(
                arguments("", "header must be a JSON object, found its end"),
                arguments("[]", "header must be a JSON object, found \"[\""),
                arguments("{" + W, "header must be JSON: \"Unexpected end-of-input"),
                arguments("{w:1}", "header must be JSON: \"Unexpected character ('w' (code 119))"),
                arguments("{" + W + "}{}", "nothing may follow the header's JSON object, found \"{\""),
                arguments("{" + W + "," + W + "}", "names must be unique, \"w\" was there twice"),
                arguments("{\"w\":3}", "tensor \"w\" must be a JSON object, found \"3\""),
                arguments("{\"w\":{}}", "tensor \"w\" must have dtype, shape and data_offsets"),
                arguments(
                        "{\"w\":{\"dtype\":\"F32\",\"strides\":[1]}}",
                        "tensor \"w\" may have dtype, shape and data_offsets only, had \"strides\""),
                arguments("{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "tensor \"w\" must have one dtype, had two"),
                arguments(
                        tensor("F8_E4M3", "[8]", "[0,8]"),
                        "tensor \"w\": dtype must be one of [F64, F32, F16, BF16, I64, I32, U8, BOOL], was \"F8_E4M3\""),
                arguments("{\"w\":{\"dtype\":7}}", "tensor \"w\": dtype must be a string, found \"7\""),
                arguments(tensor("F32", "2", "[0,8]"), "tensor \"w\": shape must be an array, found \"2\""),
                arguments(tensor("F32", "[2.0]", "[0,8]"), "tensor \"w\": shape must hold integers, found \"2.0\""),
                arguments(tensor("F32", "[null]", "[0,8]"), "tensor \"w\": shape must hold integers, found \"null\""),
                arguments(tensor("F32", "[[2]]", "[0,8]"), "tensor \"w\": shape must hold integers, found \"[\""),
                arguments(
                        tensor("F32", "[99999999999999999999]", "[0,8]"),
                        "tensor \"w\": shape must hold integers of at most 63 bits, had \"99999999999999999999\""),
                arguments(
                        tensor("U8", "[" + "1,".repeat(32) + "1]", "[0,1]"),
                        "tensor \"w\": shape must have at most 32 integers"),
                arguments(tensor("F32", "[-2]", "[0,8]"), "tensor \"w\": extents must be at least 0, shape was [-2]"),
                arguments(
                        tensor("F32", "[4294967296,4294967296]", "[0,8]"),
                        "tensor \"w\": size must fit in 63 bits, shape was [4294967296, 4294967296] of F32"),
                arguments(
                        tensor("F32", "[4611686018427387904]", "[0,8]"),
                        "tensor \"w\": size must fit in 63 bits, shape was [4611686018427387904] of F32"),
                arguments(tensor("F32", "[2]", "[0]"), "tensor \"w\": data_offsets must be two integers, was [0]"),
                arguments(tensor("F32", "[2]", "[0,8,9]"), "tensor \"w\": data_offsets must have at most 2 integers"),
                arguments(
                        tensor("F32", "[2]", "[-8,0]"),
                        "tensor \"w\" at [-8, 0]: offsets must be at least 0 and not decrease"),
                arguments(
                        tensor("F32", "[2]", "[8,0]"),
                        "tensor \"w\" at [8, 0]: offsets must be at least 0 and not decrease"),
                arguments(
                        tensor("F32", "[4]", "[0,16]"),
                        "tensor \"w\" at [0, 16]: offsets must lie within the data of 8 bytes: the file is cut short"),
                arguments(
                        tensor("F32", "[9223372036854775807]", "[0,9223372036854775807]"),
                        "tensor \"w\" at [0, 9223372036854775807]: offsets must lie within the data of 8 bytes"),
                arguments(
                        tensor("F32", "[1]", "[0,8]"),
                        "tensor \"w\" at [0, 8]: shape [1] of F32 must take 4 bytes, not 8"),
                arguments(
                        "{" + W + ",\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                        "tensor \"v\" at [4, 8]: overlaps another tensor: data must go on at 8"),
                arguments(
                        tensor("F32", "[1]", "[4,8]"),
                        "tensor \"w\" at [4, 8]: leaves a hole before it: data must go on at 0"),
                arguments(
                        tensor("F32", "[1]", "[0,4]"),
                        "data must end where its last tensor ends, at 4, but has 8 bytes"),
                arguments("{}", "data must end where its last tensor ends, at 0, but has 8 bytes"),
                arguments("{\"__metadata__\":[]," + W + "}", "__metadata__ must be a JSON object, found \"[\""),
                arguments("{\"__metadata__\":{\"n\":1}," + W + "}", "metadata \"n\" must be a string, found \"1\""),
                arguments(
                        "{\"__metadata__\":{\"n\":\"1\",\"n\":\"2\"}," + W + "}",
                        "metadata keys must be unique, \"n\" was there twice"),
                arguments("{\"__metadata__\":" + "[".repeat(100_000), "__metadata__ must be a JSON object"),
                arguments("{\"\\u001b[31mred\\n\":0}", "tensor \"?[31mred?\" must be a JSON object, found \"0\""));
    }

    @ParameterizedTest
    @MethodSource("headersOverEightBytesOfData")
    void everyBadHeaderIsRefusedByName(String header, String reason) throws IOException {
        Path file = file(header.getBytes(StandardCharsets.UTF_8), new byte[8]);

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(file + ": " + reason);
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        Path file = file(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, new byte[0]);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessage(file + ": header must be UTF-8");
    }

    @Test
    void aFileTooShortForALengthIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("x"), new byte[7]);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessage(file + ": must have at least 8 bytes, had 7");
    }

    @Test
    void aHeaderLongerThanTheFileIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("x"), length(100));

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .hasMessage(file + ": header must lie within the file: 0 bytes are left, it says 100");
    }

    @Test
    void aHeaderLongerThanTheLimitIsRefusedBeforeItIsRead() throws IOException {
        Path large = Files.write(directory.resolve("x"), length(1L << 40));
        Path unsigned = Files.write(directory.resolve("y"), length(-1));

        assertThatThrownBy(() -> SafetensorsFile.open(large))
                .hasMessage(large + ": header must have at most 16777216 bytes, says 1099511627776");
        assertThatThrownBy(() -> SafetensorsFile.open(unsigned))
                .hasMessage(unsigned + ": header must have at most 16777216 bytes, says 18446744073709551615");
    }

    @Test
    void aMissingFileIsRefused() {
        assertThatThrownBy(() -> SafetensorsFile.open(directory)).hasMessage(directory + ": no such file");
    }

    @Test
    void aTensorLongerThanABufferIsRefused() throws IOException {
        long bytes = 1L << 31;
        Path file = sparseFile(tensor("U8", "[2147483648]", "[0,2147483648]"), bytes);

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .hasMessage(file + ": tensor \"w\" at [0, 2147483648]: a tensor must have at most 2147483647 bytes:"
                        + " split it, it had 2147483648");
    }

    @Test
    void filesBeyondTwoGibibytesAreMapped() throws IOException {
        long half = 1_500_000_000;
        Path file = sparseFile(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1500000000],\"data_offsets\":[0,1500000000]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[1500000000],\"data_offsets\":[1500000000,3000000000]}}",
                2 * half);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(out.length() - 1);
            out.write(7);
        }

        List<TensorData> tensors = SafetensorsFile.open(file).tensors();

        assertThat(tensors).extracting(TensorData::name).containsExactly("a", "b");
        assertThat(tensors.get(0).bytes().get((int) half - 1)).isZero();
        assertThat(tensors.get(1).bytes().get((int) half - 1)).isEqualTo((byte) 7);
    }

    @Test
    void tensorsMayBeListedInAnyOrder() throws IOException {
        String header = "{\"late\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
                + "\"none\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]},"
                + "\"early\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        Path file = file(header.getBytes(StandardCharsets.UTF_8), new byte[] {5, 6});

        List<TensorData> tensors = SafetensorsFile.open(file).tensors();

        assertThat(tensors).extracting(TensorData::name).containsExactly("late", "none", "early");
        assertThat(tensors.get(0).bytes().get(0)).isEqualTo((byte) 6);
        assertThat(tensors.get(2).bytes().get(0)).isEqualTo((byte) 5);
    }

    @Test
    void noDamageMakesAnythingButARefusal() throws IOException {
        Random random = new Random(4);
        Path file = directory.resolve("fuzzed");
        SafetensorsWriter.write(
                file,
                List.of(
                        Tensors.random("model.embed", ElementType.F32, random, 3, 4),
                        Tensors.random("step", ElementType.I64, random),
                        Tensors.random("mask", ElementType.BOOL, random, 9)),
                Map.of("format", "pt"));
        byte[] good = Files.readAllBytes(file);
        int refused = 0;
        int rounds = 2000;

        for (int round = 0; round < rounds; round++) {
            // A new file each time: some file systems flush one that is written over.
            Files.delete(file);
            Files.write(file, damaged(good, random));
            try {
                touch(SafetensorsFile.open(file));
            } catch (SafetensorsException e) {
                assertThat(e).hasMessageStartingWith(file + ": ");
                refused++;
            }
        }

        // Flips of data bits, of letters of names and of padding make other files that are as good.
        assertThat(refused).isBetween(rounds / 2, rounds - 1);
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(2 * good.length)) : good.clone();
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static void touch(SafetensorsFile file) {
        for (TensorData tensor : file.tensors()) {
            ByteBuffer bytes = tensor.bytes();
            bytes.get(new byte[bytes.remaining()]);
        }
    }

    private static String tensor(String type, String shape, String offsets) {
        return "{\"w\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    private static byte[] length(long headerBytes) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .array();
    }

    private Path file(byte[] header, byte[] data) throws IOException {
        return Files.write(
                directory.resolve("x"),
                ByteBuffer.allocate(8 + header.length + data.length)
                        .put(length(header.length))
                        .put(header)
                        .put(data)
                        .array());
    }

    /** Zeros that take no room on the disk. */
    private Path sparseFile(String header, long dataBytes) throws IOException {
        Path file = file(header.getBytes(StandardCharsets.UTF_8), new byte[0]);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(out.length() + dataBytes);
        }
        return file;
    }
}
