#include "host/vmm/image.hpp"

#include "os/read_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

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

// A file of which the first page is read at once: an ELF file's headers usually lie there.
class Headers {
public:
    explicit Headers(os::Fd const& file) : file_{file} {
        auto const got = ::pread(file.number(), first_.data(), first_.size(), 0);
        size_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    }

    template <class T> bool read(T& to, std::uint64_t offset) const {
        auto const bytes = std::as_writable_bytes(std::span{&to, 1});
        if (offset > size_ || size_ - offset < bytes.size())
            return os::read_part(file_, offset, bytes).has_value();
        std::memcpy(bytes.data(), first_.data() + offset, bytes.size());
        return true;
    }

private:
    os::Fd const& file_;
    std::array<std::byte, 4096> first_; // NOLINT(*-member-init): size_ tells what is read
    std::size_t size_ = 0;
};

// Not what the shim checks once more, but what a user mistakes for a static-pie.
os::OrFailure<void> check_program(std::string const& path, os::Fd const& file) {
    constexpr std::string_view advice =
        "not a static-pie for x86-64, which is what a Keep runs (gcc -static-pie)";
    Headers const headers{file};
    Elf64_Ehdr header{};
    if (!headers.read(header, 0) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_type != ET_DYN || header.e_machine != EM_X86_64 ||
        header.e_phentsize != sizeof(Elf64_Phdr))
        return std::unexpected(refused(path, advice));
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        auto const at = header.e_phoff + i * sizeof segment;
        if (!headers.read(segment, at) || segment.p_type == PT_INTERP)
            return std::unexpected(refused(path, advice));
    }
    return {};
}

// Where in its file a shim's one loadable segment lies.
os::OrFailure<Elf64_Phdr> find_shim(std::string const& path, Headers const& headers) {
    Elf64_Ehdr header{};
    if (!headers.read(header, 0) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return std::unexpected(refused(path, "not an ELF file"));
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        if (!headers.read(segment, header.e_phoff + i * sizeof segment))
            return std::unexpected(refused(path, "shorter than its headers say"));
        if (segment.p_type != PT_LOAD) continue;
        if (segment.p_paddr != launch::image_address || segment.p_filesz > most_shim_bytes ||
            segment.p_memsz > most_shim_bytes)
            return std::unexpected(refused(path, "not an image of the shim"));
        return segment;
    }
    return std::unexpected(refused(path, "not an image of the shim"));
}

bool holds(os::Fd const& file, Elf64_Phdr const& segment) {
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return false;
    auto const size = static_cast<std::uint64_t>(status.st_size);
    return segment.p_offset <= size && segment.p_filesz <= size - segment.p_offset;
}

} // namespace

os::OrFailure<Image> Image::open(std::string const& shim, std::string const& program) {
    Image image;
    image.shim_ = TRY(open_file(shim));
    Headers const headers{image.shim_};
    auto const segment = TRY(find_shim(shim, headers));
    image.shim_offset_ = segment.p_offset;
    image.sizes_.shim = segment.p_filesz;
    if (!holds(image.shim_, segment))
        return std::unexpected(refused(shim, "shorter than its headers say"));
    auto const as_char = [](std::byte b) { return static_cast<char>(b); };
    if (image.sizes_.shim < sizeof image.header_ ||
        !headers.read(image.header_, image.shim_offset_) ||
        !std::ranges::equal(image.header_.magic, launch::image_magic, {}, as_char))
        return std::unexpected(refused(shim, "not an image of the shim"));
    image.sizes_.shim_end = image.header_.end;
    if (image.sizes_.shim_end < launch::image_address + image.sizes_.shim ||
        image.sizes_.shim_end > launch::boot_address)
        return std::unexpected(refused(shim, "its header says that it ends where it cannot"));
    image.sizes_.shim_memory = image.header_.memory;
    if (image.sizes_.shim_memory % 4096 != 0 ||
        image.sizes_.shim_memory < launch::image_address + image.sizes_.shim ||
        image.sizes_.shim_memory > image.sizes_.shim_end)
        return std::unexpected(refused(shim, "its header says that its memory is where none is"));
    image.program_ = TRY(open_file(program));
    struct stat status{};
    if (::fstat(image.program_.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size == 0)
        return std::unexpected(refused(program, "not a file with a program"));
    TRY(check_program(program, image.program_));
    image.sizes_.program = static_cast<std::uint64_t>(status.st_size);
    if (image.header_.program.size == 0) return image;
    auto const tree = protocol::program::Tree::create(image.header_.program.size);
    if (!tree) return std::unexpected(refused(shim, "made for a program of an impossible size"));
    image.tree_ = TRY(open_file(program + ".tree"));
    image.sizes_.tree = tree->size();
    return image;
}

base::Result<void> Image::read_shim(std::uint64_t offset, std::span<std::byte> to) const {
    if (offset > sizes_.shim || to.size() > sizes_.shim - offset)
        return std::unexpected(base::Errno::Io);
    return os::read_part(shim_, shim_offset_ + offset, to);
}

} // namespace host::vmm
