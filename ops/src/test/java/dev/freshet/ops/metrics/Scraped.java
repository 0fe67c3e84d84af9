package dev.freshet.ops.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** What a scrape of a registry says, without a server. */
final class Scraped {
    private Scraped() {}

    static List<String> lines(PrometheusRegistry registry) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            ExpositionFormats.init().getPrometheusTextFormatWriter().write(text, registry.scrape());
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString(UTF_8).lines().toList();
    }
}
