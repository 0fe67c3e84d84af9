/**
 * The decoder: one TorchScript source among the resources, behind {@link dev.freshet.model.transformer.DecoderProgram}, with its
 * parameters in {@link dev.freshet.model.transformer.DecoderWeights}.
 */
@NullMarked
package dev.freshet.model.transformer;

import org.jspecify.annotations.NullMarked;
