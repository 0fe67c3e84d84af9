package dev.freshet.ops.bench;

/** Work that is done once a round and measured. */
record Trial(String name, String unit, Measurement measurement) {
    /** Does the work and answers what was measured, in the trial's unit. */
    @FunctionalInterface
    interface Measurement {
        double measure() throws Exception;
    }
}
