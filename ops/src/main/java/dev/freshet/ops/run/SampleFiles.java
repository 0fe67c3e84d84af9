package dev.freshet.ops.run;

import dev.freshet.streams.PipelineEvent.FileDeleted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pictures of a student's samples, of which the newest are kept.
 *
 * @param folder may be missing: a run that distils nothing has none
 * @param files kept; their names sort by version
 */
public record SampleFiles(Path folder, int files) implements Retained {
    @Override
    public List<FileDeleted> deleteSurplus(Instant now) throws IOException {
        DeletedFiles deleted = new DeletedFiles("samples");
        if (!Files.isDirectory(folder)) {
            return deleted.events();
        }
        List<Path> pictures;
        try (Stream<Path> entries = Files.list(folder)) {
            pictures = entries.filter(file -> file.getFileName().toString().endsWith(".png"))
                    .sorted()
                    .toList();
        }
        for (Path picture : pictures.subList(0, Math.max(0, pictures.size() - files))) {
            boolean unused = deleted.delete(
                    picture,
                    folder.getFileName() + "/" + picture.getFileName(),
                    written -> Optional.of("more than " + files + " files"));
        }
        return deleted.events();
    }
}
