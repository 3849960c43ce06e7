// Whatever the bytes: a certification request is read or refused.

#include "crypto/certification_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const request = crypto::CertificationRequest::parse(bytes);
    if (!request) {
        if (request.error().offset > size) __builtin_trap();
        return 0;
    }
    if (!base::equal(request->der(), bytes)) __builtin_trap();
    for (auto const& extension : request->extensions())
        if (extension.value.size() > size) __builtin_trap();
    return 0;
}
