// SHA-256 as FIPS 180-4 defines it.

#pragma once

#include <stddef.h>
#include <stdint.h>

void sha256(uint8_t const* data, size_t length, uint8_t digest[32]);
