#include "host/vmm/fill.hpp"

namespace host::vmm {

// What is copied: its pages come in at once, and memory that may be written is mapped into a Keep
// eight pages at a time, where a read-only page comes alone.
base::Result<Filled>
fill(Mapping& memory, std::size_t offset, Region const& region, Supply const& supply) {
    auto const& contents = region.contents;
    if (region.large_pages) memory.prefer_large_pages(offset, region.size());
    if (region.used_at_once != 0) memory.populate(offset, region.used_at_once);
    if (contents.part == Part::Nothing) return Filled::Written;
    if (auto const* file = contents.file_pages ? supply.file(contents) : nullptr) {
        TRY(memory.place_file(offset, *file, contents.size));
        return Filled::Mapped;
    }
    if (contents.size > page_size) memory.populate(offset, contents.size);
    TRY(supply.read(contents, 0, memory.bytes().subspan(offset, contents.size)));
    return Filled::Written;
}

} // namespace host::vmm
