// Whatever a registry has for a signature: none is found in it, or one whose parts are what the
// bundle says; a statement names digests or none.

#include "host/cli/registry/bundle.hpp"

#include <cstdlib>

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    // Safety: bytes seen as bytes.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    for (auto const& signature : host::cli::signatures_in_bundle(bytes))
        (void)host::cli::digests_in_statement(signature.payload);
    auto const text = std::string{base::text_of(bytes)};
    for (auto const& digest : host::cli::digests_in_statement(text))
        demand(digest.starts_with("sha256:") && digest.size() <= text.size() + 7);
    return 0;
}
