/** {@link dev.freshet.model.learning.DecoderLearnerTest} holds a step to its definition, through the whole decoder. */
@NullMarked
package dev.freshet.model.learning;

import org.jspecify.annotations.NullMarked;
