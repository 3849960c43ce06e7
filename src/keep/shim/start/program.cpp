#include "keep/shim/start/start.hpp"

#include <bit>

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

bool usable(FileHeader const& header) {
    return std::bit_cast<std::array<std::uint32_t, 4>>(header.identity)[0] == elf_magic &&
           header.identity[4] == class_64 && header.identity[5] == little_endian &&
           header.type == type_dynamic && header.machine == machine_x86_64 &&
           header.program_header_size == sizeof(Segment) &&
           header.program_header_count <= most_segments;
}

bool usable(Segment const& segment, ProgramFile const& file) {
    return segment.file_size <= segment.size && segment.size <= most_size &&
           segment.address <= most_size && file.holds(segment.offset, segment.file_size) &&
           segment.offset % hw::page_size == segment.address % hw::page_size;
}

Access access_of(Segment const& segment) {
    Access access = Access::Read;
    if (segment.flags & 1) access = access | Access::Execute;
    if (segment.flags & 2) access = access | Access::Write;
    return access;
}

base::Result<Range> map_segment(Kernel& kernel, Segment const& segment, std::uint64_t base) {
    auto const access = access_of(segment);
    if (allows(access, Access::Write | Access::Execute))
        return std::unexpected(base::Errno::NoExec);
    auto const range = pages_of(base + segment.address, segment.size);
    if (range.empty() || !kernel.space.vacant(range)) return std::unexpected(base::Errno::NoExec);
    ProgramFile::Part const part{
        .at = base + segment.address,
        .offset = segment.offset,
        .size = segment.file_size,
        .whole = segment.file_size == segment.size
    };
    TRY(kernel.program.map(range, access, part));
    return range;
}

} // namespace

base::Result<LoadedProgram> load_program(Kernel& kernel, std::uint64_t base) {
    FileHeader header{};
    TRY(kernel.program.read(0, std::as_writable_bytes(std::span{&header, 1})));
    if (!usable(header)) return std::unexpected(base::Errno::NoExec);
    LoadedProgram loaded{
        .base = base,
        .entry = base + header.entry,
        .header_count = header.program_header_count,
        .range = {base, base}
    };
    std::array<Segment, most_segments> table{}; // read at once: each read checks the page anew
    auto const segments = std::span{table}.first(header.program_header_count);
    TRY(kernel.program.read(header.program_headers, std::as_writable_bytes(segments)));
    for (auto const& segment : segments) {
        if (segment.type == segment_interpreter) return std::unexpected(base::Errno::NoExec);
        if (segment.type != segment_load || segment.size == 0) continue;
        if (!usable(segment, kernel.program)) return std::unexpected(base::Errno::NoExec);
        auto const range = TRY(map_segment(kernel, segment, base));
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
