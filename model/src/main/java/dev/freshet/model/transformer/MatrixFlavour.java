package dev.freshet.model.transformer;

import dev.freshet.model.engine.ComputeDevice;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How a role multiplies matrices. On CPUs the choice matters more than anything else: MKL does not use AVX-512 on every
 * processor that has it, where oneDNN does.
 */
public enum MatrixFlavour {
    /** The engine's default in fp32; the only exact one on a GPU. */
    PLAIN("plain", "torch.linear(x, w)", Weights.AS_THEY_ARE, true),
    /** oneDNN in fp32, CPU only. */
    FP32("fp32", "torch.to_dense(ops.aten.mkldnn_linear(torch.to_mkldnn(x), w))", Weights.AS_THEY_ARE, true),
    /** Products in bf16, sums and weights in fp32. */
    BF16("bf16", "torch.to(torch.linear(torch.to(x, 15), torch.to(w, 15)), 6)", Weights.AS_THEY_ARE, true),
    /** oneDNN in fp32 over weights in its own blocked layout, CPU only; without gradients. */
    FP32_PACKED(
            "fp32-packed",
            "ops.mkldnn._linear_pointwise(x, w, None, \"none\", annotate(List[Optional[number]], []), \"\")",
            Weights.PACKED,
            false),
    /** oneDNN in bf16 over packed weights, CPU only; without gradients. */
    BF16_PACKED(
            "bf16-packed",
            "torch.to(ops.mkldnn._linear_pointwise(torch.to(x, 15), w, None, \"none\", annotate(List[Optional[number]], []), \"\"), 6)",
            Weights.PACKED_HALF,
            false);

    private enum Weights {
        AS_THEY_ARE,
        PACKED,
        PACKED_HALF
    }

    private final String label;
    private final String expression;
    private final Weights weights;
    private final boolean differentiable;

    MatrixFlavour(String label, String expression, Weights weights, boolean differentiable) {
        this.label = label;
        this.expression = expression;
        this.weights = weights;
        this.differentiable = differentiable;
    }

    /** The flavour of that name on that device; {@code key} names the setting in a refusal. */
    public static MatrixFlavour parse(String name, ComputeDevice device, String key) {
        MatrixFlavour flavour = Arrays.stream(values())
                .filter(candidate -> candidate.label.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("matrix flavour must be one of "
                        + Arrays.stream(values()).map(MatrixFlavour::label).collect(Collectors.joining(", "))
                        + ", was \"" + name + "\" (" + key + ")"));
        if (!device.isCpu() && flavour != PLAIN && flavour != BF16) {
            throw new IllegalArgumentException("matrix flavour on " + device + " must be plain or bf16, was \"" + name
                    + "\" (" + key + "); the others are the CPU's");
        }
        return flavour;
    }

    public String label() {
        return label;
    }

    /** Whether a learner can use it. */
    public boolean isDifferentiable() {
        return differentiable;
    }

    /** Whether matrices must be brought into another layout before they are used. */
    boolean isPacked() {
        return weights != Weights.AS_THEY_ARE;
    }

    boolean isPackedInHalfPrecision() {
        return weights == Weights.PACKED_HALF;
    }

    /** The definition of {@code lin(x, w)} = x w^T for the decoder's source. */
    String source() {
        return "def lin(x: Tensor, w: Tensor) -> Tensor:\n  return " + expression + "\n";
    }
}
