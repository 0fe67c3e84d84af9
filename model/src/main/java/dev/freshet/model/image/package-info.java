/**
 * Small images as training data: {@link dev.freshet.model.image.ImageSet}, read from IDX files by
 * {@link dev.freshet.model.image.IdxFile} and from folders of PNG files by {@link dev.freshet.model.image.PngFolder}.
 */
@NullMarked
package dev.freshet.model.image;

import org.jspecify.annotations.NullMarked;
