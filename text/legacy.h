/*
 * legacy.h - the 8-bit encodings that Vietnamese was written in before Unicode and that ICU does not know, to UTF-8.
 */
#ifndef TRABAO_LEGACY_H
#define TRABAO_LEGACY_H

#include "base/base.h"
#include "base/buf.h"

enum legacy { LEGACY_TCVN3, LEGACY_VNI, LEGACY_VISCII, LEGACY_COUNT };

/* "tcvn3", "vni", "viscii"; static. */
const char *legacy_name(enum legacy encoding);

/*
 * Appends TEXT (N bytes of ENCODING) to OUT as precomposed UTF-8. False when a byte has no meaning where it stands or
 * OUT is full; what was appended until then stays.
 */
bool legacy_to_utf8(enum legacy encoding, const char *text, size_t n, struct buf *out);

#endif
