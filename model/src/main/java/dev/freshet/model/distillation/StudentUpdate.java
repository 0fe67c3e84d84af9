package dev.freshet.model.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.freshet.model.diffusion.DiffusionProgram;
import dev.freshet.model.diffusion.DiffusionProgram.Weights;
import dev.freshet.model.diffusion.Draws;
import dev.freshet.model.learning.Gradients;
import dev.freshet.model.objective.FDistill;
import dev.freshet.model.objective.FDistill.Weighting;
import dev.freshet.model.objective.RatioBins;
import dev.freshet.model.transformer.DecoderProgram.AdamW;

/** One update of the student: its noised samples go where the teacher's score leads and its own does not, by what they weigh. */
record StudentUpdate(DistillationSettings settings, Student student, Networks networks) {
    /**
     * What it saw; the student was left as it was if loss or gradient were not finite.
     *
     * @param loss of the divergence, the coefficient included
     * @param adversarialLoss the weight included
     */
    record Outcome(double loss, double adversarialLoss, double gradientNorm, Weighting weighting, boolean applied) {}

    /**
     * @param optimizer of the student
     * @param owner of all that is computed on the way
     */
    Outcome take(
            FDistill objective, RatioBins bins, Draws draws, double learningRate, AdamW optimizer, NDManager owner) {
        DiffusionProgram program = networks.program();
        NDArray generated =
                student.generate(program, networks.student(), Weights.TRAINED, draws, settings.batch(), owner);
        NoisedBatch noise = NoisedBatch.draw(settings, draws, owner);
        NDArray noised = noise.noised(generated, draws);
        NDArray seen = noised.stopGradient();

        NDArray teacher = networks.teacher().denoise(program, seen, noise.levels());
        NDArray fake = program.denoise(seen, noise.levels(), networks.fake(), Weights.FROZEN);
        NDArray logits = program.discriminate(seen, noise.levels(), networks.discriminator(), Weights.FROZEN);
        Weighting weighting = objective.weigh(logits, noise.places(), bins);

        NDArray divergence = objective.matching(generated, teacher, fake, weighting.weights());
        NDArray total = divergence;
        double adversarialLoss = 0;
        if (objective.settings().adversarialWeight() > 0) {
            // Again, since this time the gradient goes through the discriminator to the samples.
            NDArray adversarial = objective.adversarial(
                    program.discriminate(noised, noise.levels(), networks.discriminator(), Weights.FROZEN));
            adversarialLoss = adversarial.getFloat();
            total = divergence.add(adversarial);
        }
        double norm = descend(total, learningRate, optimizer);
        return new Outcome(divergence.getFloat(), adversarialLoss, norm, weighting, Double.isFinite(norm));
    }

    /** The gradient's norm; not finite if the student was left as it was. */
    private double descend(NDArray loss, double learningRate, AdamW optimizer) {
        if (!Float.isFinite(loss.getFloat())) {
            return Double.NaN;
        }
        Gradients.accumulate(loss);
        return networks.student().update(networks.program(), learningRate, optimizer);
    }
}
