/** Tensors in files: {@link dev.freshet.model.safetensors.SafetensorsFile} reads, {@link dev.freshet.model.safetensors.SafetensorsWriter} writes. */
@NullMarked
package dev.freshet.model.safetensors;

import org.jspecify.annotations.NullMarked;
