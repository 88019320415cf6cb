/// Configuration files: declared keys, strict reading, and problems with their place and fix.
///
/// The only user of the YAML library. Nothing here throws for what a file holds.
@NullMarked
package io.sentryexporter.yaml;

import org.jspecify.annotations.NullMarked;
