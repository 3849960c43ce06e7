#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/memory/open_directory.hpp"

#include <utility>

namespace exec::vfs {

std::unique_ptr<Directory> make_memory(MemoryOptions options) {
    auto tree = std::make_shared<memory::Tree>(std::move(options));
    auto& root = tree->root();
    return std::make_unique<memory::OpenDirectory>(std::move(tree), root);
}

} // namespace exec::vfs
