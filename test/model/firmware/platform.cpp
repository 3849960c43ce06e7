// See platform.hpp.
#include "firmware/platform.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <limits.h>
#include <openssl/pem.h>
#include <unistd.h>

namespace model::firmware {

namespace {

std::string keys_folder() {
    std::array<char, PATH_MAX> path{};
    auto const length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    std::string const self{path.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
    return self.substr(0, self.rfind('/')) + "/tee-model-keys";
}

std::shared_ptr<evp_pkey_st> key_of(std::string const& name) {
    std::shared_ptr<evp_pkey_st> key;
    if (std::FILE* const file = std::fopen((keys_folder() + '/' + name + ".key").c_str(), "re")) {
        key.reset(PEM_read_PrivateKey(file, nullptr, nullptr, nullptr), [](evp_pkey_st* mine) {
            EVP_PKEY_free(mine);
        });
        std::fclose(file);
    }
    return key;
}

} // namespace

Platform::Platform() {
    vcek_ = key_of("vcek");
    vlek_ = key_of("vlek");
    // A chip that says what it is: nobody takes this for a fuse's value.
    static constexpr std::string_view name = "software model of SEV-SNP, no chip: proves nothing";
    std::ranges::transform(name, chip_id_.begin(), [](char c) {
        return static_cast<std::byte>(c);
    });
    secret_ = derive(chip_id_, bytes_of(certified_tcb));
}

Platform& Platform::own() {
    static Platform one;
    return one;
}

Signature Platform::sign(std::span<std::byte const> report, bool by_vlek) const {
    auto const& key = by_vlek ? vlek_ : vcek_;
    return key ? sign_p384(key.get(), report) : Signature{};
}

} // namespace model::firmware
