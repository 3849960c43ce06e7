#include "host/vmm/image.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <cstring>

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace host::vmm {

namespace launch = protocol::launch;

namespace {

constexpr std::uint64_t most_shim_bytes = launch::boot_address - launch::image_address;

os::Failure refused(std::string const& path, std::string_view why) {
    return {.name = "keep-image", .text = fmt::format("{}: {}", path, why)};
}

os::OrFailure<os::Fd> open_file(std::string const& path) {
    os::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) return std::unexpected(refused(path, std::strerror(errno)));
    return file;
}

bool read_exactly(os::Fd const& file, std::span<std::byte> to, std::uint64_t offset) {
    return ::pread(file.number(), to.data(), to.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(to.size());
}

// Not what the shim checks once more, but what a user mistakes for a static-pie.
os::OrFailure<void> check_program(std::string const& path, os::Fd const& file) {
    constexpr std::string_view advice =
        "not a static-pie for x86-64, which is what a Keep runs (gcc -static-pie)";
    Elf64_Ehdr header{};
    if (!read_exactly(file, std::as_writable_bytes(std::span{&header, 1}), 0) ||
        std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_DYN ||
        header.e_machine != EM_X86_64 || header.e_phentsize != sizeof(Elf64_Phdr))
        return std::unexpected(refused(path, advice));
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        auto const at = header.e_phoff + i * sizeof segment;
        if (!read_exactly(file, std::as_writable_bytes(std::span{&segment, 1}), at) ||
            segment.p_type == PT_INTERP)
            return std::unexpected(refused(path, advice));
    }
    return {};
}

// The one loadable segment of a shim's ELF file.
os::OrFailure<std::vector<std::byte>> read_shim(std::string const& path) {
    auto const file = TRY(open_file(path));
    Elf64_Ehdr header{};
    if (!read_exactly(file, std::as_writable_bytes(std::span{&header, 1}), 0) ||
        std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return std::unexpected(refused(path, "not an ELF file"));
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        if (!read_exactly(
                file,
                std::as_writable_bytes(std::span{&segment, 1}),
                header.e_phoff + i * sizeof segment
            ))
            return std::unexpected(refused(path, "shorter than its headers say"));
        if (segment.p_type != PT_LOAD) continue;
        if (segment.p_paddr != launch::image_address || segment.p_filesz > most_shim_bytes ||
            segment.p_memsz > most_shim_bytes)
            return std::unexpected(refused(path, "not an image of the shim"));
        std::vector<std::byte> bytes(segment.p_filesz);
        if (!read_exactly(file, bytes, segment.p_offset))
            return std::unexpected(refused(path, "shorter than its headers say"));
        return bytes;
    }
    return std::unexpected(refused(path, "not an image of the shim"));
}

} // namespace

os::OrFailure<Image> Image::open(std::string const& shim, std::string const& program) {
    Image image;
    image.shim_ = TRY(read_shim(shim));
    std::span<std::byte const> rest{image.shim_};
    auto const header = base::take<launch::ImageHeader>(rest);
    auto const as_char = [](std::byte b) { return static_cast<char>(b); };
    if (!header || !std::ranges::equal(header->magic, launch::image_magic, {}, as_char))
        return std::unexpected(refused(shim, "not an image of the shim"));
    image.header_ = *header;
    image.program_ = TRY(open_file(program));
    struct stat status{};
    if (::fstat(image.program_.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size == 0)
        return std::unexpected(refused(program, "not a file with a program"));
    TRY(check_program(program, image.program_));
    image.program_size_ = static_cast<std::uint64_t>(status.st_size);
    if (image.header_.program.size == 0) return image;
    auto const tree = protocol::program::Tree::create(image.header_.program.size);
    if (!tree) return std::unexpected(refused(shim, "made for a program of an impossible size"));
    image.tree_ = TRY(open_file(program + ".tree"));
    image.tree_size_ = tree->size();
    return image;
}

} // namespace host::vmm
