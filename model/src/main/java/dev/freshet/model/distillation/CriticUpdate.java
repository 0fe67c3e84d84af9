package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.diffusion.TrainableParameters;
import dev.freshet.model.fidelity.SampleSet;
import dev.freshet.model.learning.Gradients;
import dev.freshet.model.objective.FDistill;

/**
 * One update of what follows the student, on fresh samples of it: its score learns to denoise them, and the discriminator to tell them from
 * data at the same noise levels.
 */
record CriticUpdate(DistillationSettings settings, Student student, Networks networks) {
    /**
     * What it saw; a network whose loss or gradient was not finite was left as it was.
     *
     * @param accuracy share of samples and examples that the discriminator told apart
     * @param skipped networks that were left as they were
     */
    record Outcome(double fakeLoss, double discriminatorLoss, double accuracy, int skipped) {}

    /**
     * @param examples as many as a batch has samples
     * @param owner of all that is computed on the way
     */
    Outcome take(Draws draws, SampleSet examples, double learningRate, NDManager owner) {
        DiffusionProgram program = networks.program();
        NDArray generated =
                student.generate(program, networks.student(), Weights.FROZEN, draws, settings.batch(), owner);
        NoisedBatch noise = NoisedBatch.draw(settings, draws, owner);
        NDArray noised = noise.noised(generated, draws);
        NDArray noisedData = noise.noised(HostSamples.array(examples, owner), draws);

        NDArray estimates = program.denoise(noised, noise.levels(), networks.fake(), Weights.TRAINED);
        NDArray fakeLoss = FDistill.denoising(estimates, generated, noise.lossWeights());
        boolean fakeLearnt = descend(fakeLoss, networks.fake(), learningRate);

        NDArray onGenerated = program.discriminate(noised, noise.levels(), networks.discriminator(), Weights.TRAINED);
        NDArray onData = program.discriminate(noisedData, noise.levels(), networks.discriminator(), Weights.TRAINED);
        NDArray discriminatorLoss = FDistill.discrimination(onGenerated, onData);
        boolean discriminatorLearnt = descend(discriminatorLoss, networks.discriminator(), learningRate);

        return new Outcome(
                fakeLoss.getFloat(),
                discriminatorLoss.getFloat(),
                accuracy(onGenerated.toFloatArray(), onData.toFloatArray()),
                (fakeLearnt ? 0 : 1) + (discriminatorLearnt ? 0 : 1));
    }

    private boolean descend(NDArray loss, TrainableParameters parameters, double learningRate) {
        if (!Float.isFinite(loss.getFloat())) {
            return false;
        }
        Gradients.accumulate(loss);
        double norm = parameters.update(
                networks.program(), learningRate, settings.critic().update().optimizer());
        return Double.isFinite(norm);
    }

    private static double accuracy(float[] onGenerated, float[] onData) {
        int right = 0;
        for (float logit : onGenerated) {
            right += logit < 0 ? 1 : 0;
        }
        for (float logit : onData) {
            right += logit > 0 ? 1 : 0;
        }
        return right / (double) (onGenerated.length + onData.length);
    }
}
