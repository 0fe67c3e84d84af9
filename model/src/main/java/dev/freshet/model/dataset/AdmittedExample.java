package dev.freshet.model.dataset;

/**
 * An example that has entered the stream.
 *
 * @param sequence admission number in the run's endless order of examples, counted from 0
 * @param epoch how often the whole dataset had been gone through before, at least 0
 * @param id of the example, the same in every epoch and run: its place in the dataset, counted from 0
 */
public record AdmittedExample(long sequence, long epoch, long id) {
    public AdmittedExample {
        if (sequence < 0 || epoch < 0 || id < 0) {
            throw new IllegalArgumentException("admission number, epoch and id must be at least 0, were " + sequence
                    + ", " + epoch + " and " + id);
        }
    }
}
