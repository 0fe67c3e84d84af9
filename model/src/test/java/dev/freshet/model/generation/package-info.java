@NullMarked
package dev.freshet.model.generation;

import org.jspecify.annotations.NullMarked;
