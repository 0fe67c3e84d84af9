package dev.freshet.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.freshet.model.engine.ComputeDevice;
import java.time.Duration;

/** The JSON of what benchmarks and experiments leave behind: records as they are, devices and times as people write them. */
public final class ReportJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule()
                    .addSerializer(ComputeDevice.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance))
            .build();

    private ReportJson() {}

    /**
     * @param name of what is reported, for the error
     * @throws IllegalStateException if the report holds what has no form in JSON
     */
    public static String of(String name, Object report) {
        try {
            return MAPPER.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the report of " + name + " must be made of what JSON can hold: " + e.getOriginalMessage(), e);
        }
    }
}
