// Any text: parsing ends, and it says either where the text is wrong or a configuration that keeps
// every promise of configuration.hpp and from which a start can be planned.

#include "package/configuration.hpp"
#include "package/plan/plan.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace package;

void require(bool promise) {
    if (!promise) std::abort();
}

void check_tls(Tls const& tls) {
    require(tls.certificate.empty() == tls.private_key.empty());
    bool const trusts = !tls.authorities.empty() || tls.authorities_of_deployment;
    require(!tls.client_certificate || trusts);
    require(!tls.certified || tls.certificate.empty());
    require(tls.authorities.empty() || !tls.authorities_of_deployment);
    require(tls.peers.empty() || trusts);
}

void check(File const& file) {
    if (auto const* listen = std::get_if<Listen>(&file)) {
        require(!listen->name.empty() && !listen->address.empty());
        check_tls(listen->tls);
    } else if (auto const* connect = std::get_if<Connect>(&file)) {
        require(!connect->name.contains(':') && !connect->host.empty() && connect->port != 0);
        check_tls(connect->tls);
    } else if (auto const* directory = std::get_if<Directory>(&file)) {
        require(!directory->path.empty() && !directory->path.contains('\0'));
        require(directory->host_path.empty() == (directory->source != Source::Host));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: any byte may be read as a char.
    auto const result = parse_configuration({reinterpret_cast<char const*>(data), size});
    if (!result) {
        require(
            result.error().line > 0 && result.error().column > 0 && !result.error().message.empty()
        );
        return 0;
    }
    std::ranges::for_each(result->files, check);
    auto const plan = make_plan(*result, {.program = "main.wasm"});
    require(plan.descriptors.size() >= 3);
    return 0;
}
