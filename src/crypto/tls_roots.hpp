#pragma once

// The public certificate authorities that a client trusts where its configuration names none.

#include "crypto/tls_error.hpp"
#include "crypto/tls_handle.hpp"

#include <vector>

namespace crypto {

// Mozilla's list, as the ca-certificates package of the machine that built this program carries it.
// It is part of the program, and thus of what a Keep's measurement covers: no file of the host is
// read.
TlsResult<std::vector<TlsHandle<x509_st>>> tls_roots();

} // namespace crypto
