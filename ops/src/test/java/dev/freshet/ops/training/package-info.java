@NullMarked
package dev.freshet.ops.training;

import org.jspecify.annotations.NullMarked;
