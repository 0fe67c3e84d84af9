package dev.freshet.ops.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.freshet.model.rollout.PolicyVersion;
import dev.freshet.streams.PipelineEvent.GroupDropped;
import java.io.IOException;
import java.io.Serial;
import java.util.Arrays;

/**
 * Records as JSON: the components of the record in snake_case, nested records as objects, a policy version as its number,
 * enums in lower case, a number that is not finite as null. Works on any record, so that a new
 * event needs nothing here.
 */
final class RunJson {
    private static final ObjectWriter WRITER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .addMixIn(PolicyVersion.class, AsNumber.class)
            .addMixIn(GroupDropped.class, GroupSequence.class)
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new FiniteOrNull())
                    .addSerializer(Double.class, new FiniteOrNull()))
            .build()
            .writer();

    private RunJson() {}

    /** One line, its line feed included. */
    static byte[] line(Record line) {
        try {
            byte[] json = WRITER.writeValueAsBytes(line);
            byte[] withLineFeed = Arrays.copyOf(json, json.length + 1);
            withLineFeed[json.length] = '\n';
            return withLineFeed;
        } catch (JsonProcessingException failure) {
            throw notPlain(line, failure);
        }
    }

    /** Several lines, for people. */
    static String indented(Record value) {
        try {
            return WRITER.withDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException failure) {
            throw notPlain(value, failure);
        }
    }

    private static IllegalStateException notPlain(Record value, JsonProcessingException failure) {
        return new IllegalStateException("a record for a file must be made of plain values, was " + value, failure);
    }

    interface AsNumber {
        @JsonValue
        long number();
    }

    /** The name {@code sequence} is the journal's own. */
    interface GroupSequence {
        @JsonProperty("group_sequence")
        long sequence();
    }

    /** JSON has no NaN. */
    private static final class FiniteOrNull extends StdSerializer<Double> {
        @Serial
        private static final long serialVersionUID = 1;

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                generator.writeNumber(value);
                return;
            }
            generator.writeNull();
        }
    }
}
