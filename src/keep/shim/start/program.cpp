#include "keep/shim/start/program.hpp"

#include <cstring>

namespace shim {

namespace {

// System V ABI, chapter 4 and 5 (ELF-64 object file format).
struct FileHeader {
    std::array<std::uint8_t, 16> identity;
    std::uint16_t type, machine;
    std::uint32_t version;
    std::uint64_t entry, program_headers, section_headers;
    std::uint32_t flags;
    std::uint16_t size, program_header_size, program_header_count, section_header_size,
        section_header_count, names;
};
static_assert(sizeof(FileHeader) == 64);

struct Segment {
    std::uint32_t type, flags;
    std::uint64_t offset, address, physical, file_size, size, alignment;
};
static_assert(sizeof(Segment) == 56);

constexpr std::uint32_t elf_magic = 0x464c457f;
constexpr std::uint8_t class_64 = 2;
constexpr std::uint8_t little_endian = 1;
constexpr std::uint16_t type_dynamic = 3;
constexpr std::uint16_t machine_x86_64 = 62;
constexpr std::uint32_t segment_load = 1;
constexpr std::uint32_t segment_interpreter = 3;
constexpr std::uint16_t most_segments = 32;
constexpr std::uint64_t most_size = 4ULL << 30;

template <class T> base::Result<T> fetch(std::span<std::byte const> file, std::uint64_t offset) {
    if (offset > file.size() || sizeof(T) > file.size() - offset)
        return std::unexpected(base::Errno::NoExec);
    T value;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

bool usable(FileHeader const& header) {
    std::uint32_t magic = 0;
    std::memcpy(&magic, header.identity.data(), sizeof magic);
    return magic == elf_magic && header.identity[4] == class_64 &&
           header.identity[5] == little_endian && header.type == type_dynamic &&
           header.machine == machine_x86_64 && header.program_header_size == sizeof(Segment) &&
           header.program_header_count <= most_segments;
}

bool usable(Segment const& segment, std::span<std::byte const> file) {
    return segment.file_size <= segment.size && segment.size <= most_size &&
           segment.address <= most_size && segment.offset <= file.size() &&
           segment.file_size <= file.size() - segment.offset &&
           segment.offset % hw::page_size == segment.address % hw::page_size;
}

Access access_of(Segment const& segment) {
    Access access = Access::Read;
    if (segment.flags & 1) access = access | Access::Execute;
    if (segment.flags & 2) access = access | Access::Write;
    return access;
}

base::Result<Range> map_segment(
    Kernel& kernel,
    std::span<std::byte const> file,
    hw::PhysAddr at,
    Segment const& segment,
    std::uint64_t base
) {
    auto const access = access_of(segment);
    if (allows(access, Access::Write | Access::Execute))
        return std::unexpected(base::Errno::NoExec);
    auto const range = pages_of(base + segment.address, segment.size);
    if (range.empty() || !kernel.space.vacant(range)) return std::unexpected(base::Errno::NoExec);
    auto const first_page = round_down(segment.offset, hw::page_size);
    if (Machine::program_is_shared && !allows(access, Access::Write) &&
        segment.file_size == segment.size) {
        TRY(kernel.space.map_window(range, access, hw::PhysAddr{at.raw() + first_page}));
        return range;
    }
    TRY(kernel.space.map_at(range, Access::Read | Access::Write));
    TRY(kernel.user.write(base + segment.address, file.subspan(segment.offset, segment.file_size)));
    if (!allows(access, Access::Write)) TRY(kernel.space.protect(range, access));
    return range;
}

} // namespace

base::Result<LoadedProgram>
load_program(Kernel& kernel, std::span<std::byte const> file, hw::PhysAddr at, std::uint64_t base) {
    auto const header = TRY(fetch<FileHeader>(file, 0));
    if (!usable(header)) return std::unexpected(base::Errno::NoExec);
    LoadedProgram loaded{
        .base = base,
        .entry = base + header.entry,
        .header_count = header.program_header_count,
        .range = {base, base}
    };
    for (unsigned i = 0; i < header.program_header_count; ++i) {
        auto const segment =
            TRY(fetch<Segment>(file, header.program_headers + i * sizeof(Segment)));
        if (segment.type == segment_interpreter) return std::unexpected(base::Errno::NoExec);
        if (segment.type != segment_load || segment.size == 0) continue;
        if (!usable(segment, file)) return std::unexpected(base::Errno::NoExec);
        auto const range = TRY(map_segment(kernel, file, at, segment, base));
        loaded.range.end = larger(loaded.range.end, range.end);
        if (segment.offset <= header.program_headers &&
            header.program_headers < segment.offset + segment.file_size)
            loaded.headers = base + segment.address + (header.program_headers - segment.offset);
    }
    if (loaded.range.empty() || !loaded.range.contains(loaded.entry))
        return std::unexpected(base::Errno::NoExec);
    return loaded;
}

} // namespace shim
