package dev.freshet.model.distillation;

/** What the critic's updates of one step saw. */
final class CriticTally {
    private double fakeLoss;
    private double discriminatorLoss;
    private double accuracy;
    private int skipped;
    private int updates;

    void add(CriticUpdate.Outcome outcome) {
        fakeLoss += outcome.fakeLoss();
        discriminatorLoss += outcome.discriminatorLoss();
        accuracy += outcome.accuracy();
        skipped += outcome.skipped();
        updates++;
    }

    double meanFakeLoss() {
        return fakeLoss / updates;
    }

    double meanDiscriminatorLoss() {
        return discriminatorLoss / updates;
    }

    double meanAccuracy() {
        return accuracy / updates;
    }

    int skipped() {
        return skipped;
    }

    int updates() {
        return updates;
    }
}
