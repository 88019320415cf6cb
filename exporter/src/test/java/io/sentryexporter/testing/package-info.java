/// What tests share: golden files, a clock moved by hand, the programs of a real installation.
@NullMarked
package io.sentryexporter.testing;

import org.jspecify.annotations.NullMarked;
