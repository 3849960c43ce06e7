// keep-bind: makes the hash tree over a program and writes its root into a copy of a shim's image,
// which then loads that program and no other.
//
//     keep-bind SHIM PROGRAM BOUND-SHIM TREE
//
// It runs when Enarx is built; whoever checks an image runs it again and compares.

#include "crypto/digest.hpp"
#include "protocol/launch/machine.hpp"
#include "protocol/program/build.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

#include <elf.h>
#include <sys/stat.h>

namespace {

namespace launch = protocol::launch;
namespace program = protocol::program;
using Bytes = std::vector<std::byte>;

std::optional<Bytes> read_file(std::string const& path) {
    std::ifstream in{path, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.good() && !in.eof()) return {};
    auto const bytes = std::as_bytes(std::span{text});
    return Bytes{bytes.begin(), bytes.end()};
}

bool write_file(std::string const& path, Bytes const& bytes) {
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    // Safety: bytes are what a stream calls characters.
    out.write(
        reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
    );
    return out.flush().good();
}

// The image's header within the ELF file: the first bytes of its loadable segment.
std::optional<std::span<std::byte>> find_header(Bytes& shim) {
    Elf64_Ehdr elf{};
    if (shim.size() < sizeof elf) return {};
    std::memcpy(&elf, shim.data(), sizeof elf);
    for (std::uint64_t i = 0; i < elf.e_phnum; ++i) {
        Elf64_Phdr segment{};
        auto const at = elf.e_phoff + (i * sizeof segment);
        if (at > shim.size() || sizeof segment > shim.size() - at) return {};
        std::memcpy(&segment, shim.data() + at, sizeof segment);
        if (segment.p_type != PT_LOAD || segment.p_paddr != launch::image_address) continue;
        if (segment.p_offset > shim.size() ||
            sizeof(launch::ImageHeader) > shim.size() - segment.p_offset)
            return {};
        return std::span{shim}.subspan(segment.p_offset, sizeof(launch::ImageHeader));
    }
    return {};
}

bool bind(Bytes& shim, program::Root const& root) {
    auto const bytes = find_header(shim);
    if (!bytes) return false;
    launch::ImageHeader header;
    std::memcpy(&header, bytes->data(), sizeof header);
    auto const as_char = [](std::byte b) { return static_cast<char>(b); };
    if (!std::ranges::equal(header.magic, launch::image_magic, {}, as_char)) return false;
    header.program = root;
    std::memcpy(bytes->data(), &header, sizeof header);
    return true;
}

int failed(std::string const& path, std::string_view why) {
    std::cerr << "keep-bind: " << path << ": " << why << '\n';
    return 1;
}

int run(std::span<char*> names) {
    auto shim = read_file(names[0]);
    if (!shim) return failed(names[0], "cannot be read");
    auto const file = read_file(names[1]);
    if (!file) return failed(names[1], "cannot be read");
    auto const sha256 = [](program::Page const& page) { return crypto::sha256(page); };
    auto const built = program::build_tree(*file, sha256);
    if (!built) return failed(names[1], "empty, or larger than 1 GiB");
    if (!bind(*shim, built->root)) return failed(names[0], "not an image of the shim");
    if (!write_file(names[2], *shim)) return failed(names[2], "cannot be written");
    if (!write_file(names[3], built->bytes)) return failed(names[3], "cannot be written");
    constexpr mode_t program_mode = 0755;
    if (::chmod(names[2], program_mode) != 0) return failed(names[2], "cannot be made executable");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    constexpr int wanted = 5;
    if (argc != wanted) {
        std::cerr << "usage: keep-bind SHIM PROGRAM BOUND-SHIM TREE\n";
        return 2;
    }
    return run(std::span{argv, wanted}.subspan(1));
}
